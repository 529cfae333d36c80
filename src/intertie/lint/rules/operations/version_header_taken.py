from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity, SourceSpan
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE547", severity=Severity.ERROR, since="0.1.0", judges="spec")
def version_header_taken(spec: Spec) -> Iterator[Finding]:
    """The version would be sent in a header that is already used."""
    block = spec.versioning
    if block is None or block.header is None or (block.strategy and block.strategy.value != "header"):
        return
    name = block.header.value.strip().lower()
    for other, what, place in _others(spec):
        if other.strip().lower() == name:
            yield Finding(
                block.header.span,
                f"`{block.header.value}` already carries {what}",
                "use the header in which the service expects the version",
                related=(Label(place, "here"),),
            )
            return


def _others(spec: Spec) -> Iterator[tuple[str, str, SourceSpan]]:
    """Yield (header, what it carries, place) of each header that has another value than the current version."""
    current = spec.versioning.current.value.strip() if spec.versioning and spec.versioning.current else None
    auth = spec.authentication
    if auth and auth.type and auth.type.value == "api_key" and auth.config and auth.config.key_name:
        if auth.config.key_location is None or auth.config.key_location.value == "header":
            yield auth.config.key_name.value, "the key", auth.config.key_name.span
    elif auth and auth.type and auth.type.value != "none":
        yield "Authorization", "the credential", auth.type.span
    for endpoint in spec.endpoints:
        for header in endpoint.request.headers if endpoint.request else ():
            sent = header.value.value.strip() if header.value else ""
            if header.name and "{version}" not in sent and sent != current:
                yield (
                    header.name.value,
                    f"a value of {endpoint.name.value if endpoint.name else 'an endpoint'}",
                    header.name.span,
                )
