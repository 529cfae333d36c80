from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE130", severity=Severity.ERROR, since="0.1.0", judges="spec")
def key_in_taken_header(spec: Spec) -> Iterator[Finding]:
    """The API key uses a header that has another meaning."""
    config = spec.authentication.config if spec.authentication else None
    place = config.key_location.value if config and config.key_location else "header"
    if config and config.key_name and place == "header" and config.key_name.value.strip().lower() in _TAKEN:
        yield Finding(
            config.key_name.span,
            f"the header `{config.key_name.value}` has another meaning and can't carry the key",
            "use the header that the provider documents, such as `Authorization`",
        )


_TAKEN = frozenset(
    {"accept", "accept-charset", "accept-encoding", "accept-language", "cache-control", "content-encoding",
     "content-language", "content-type", "date", "expect", "idempotency-key", "if-match", "if-none-match", "origin",
     "prefer", "range", "referer", "retry-after", "user-agent", "x-request-id"}
)  # fmt: skip
