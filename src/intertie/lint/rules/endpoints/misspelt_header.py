from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.mends import write
from intertie.lint.rule import rule
from intertie.spec.fields import Located
from intertie.spec.model import Spec


@rule(code="TIE325", severity=Severity.WARNING, since="0.1.0")
def misspelt_header(spec: Spec) -> Iterator[Finding]:
    """The name of a header looks misspelt."""
    for place in _names(spec):
        name = place.value.strip()
        if name in _KNOWN:
            continue
        near = get_close_matches(name, _KNOWN, n=1, cutoff=0.88)
        if near and name.lower() not in _KNOWN_LOWER and not _is_of_vendor(name, near[0]):
            yield Finding(
                place.span,
                f"`{name}` is not a known header",
                f"did you mean `{near[0]}`?",
                fix=write(near[0], place.span, safe=False),
            )


def _names(spec: Spec) -> Iterator[Located[str]]:
    """Yield the names of the headers that are sent: the credential's, and those of requests."""
    config = spec.authentication.config if spec.authentication else None
    if config and config.key_name and (config.key_location is None or config.key_location.value == "header"):
        yield config.key_name
    for endpoint in spec.endpoints:
        yield from (header.name for header in (endpoint.request.headers if endpoint.request else ()) if header.name)


_KNOWN = (
    "Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Cache-Control", "Content-Encoding",
    "Content-Language", "Content-Type", "Cookie", "If-Match", "If-Modified-Since", "If-None-Match",
    "If-Unmodified-Since", "Idempotency-Key", "Origin", "Prefer", "Range", "Referer", "User-Agent", "X-Api-Key",
    "X-API-Version", "X-Correlation-Id", "X-Idempotency-Key", "X-Request-Id", "X-Requested-With",
)  # fmt: skip
_KNOWN_LOWER = frozenset(name.lower() for name in _KNOWN)


def _is_of_vendor(name: str, near: str) -> bool:
    """Return whether one word of the name is another one: `LD-API-Version` is no slip of `X-API-Version`."""
    words, known = name.lower().split("-"), near.lower().split("-")
    differing = [word for word in words if word not in known]
    return len(words) == len(known) and len(differing) == 1 and not get_close_matches(differing[0], known, n=1)
