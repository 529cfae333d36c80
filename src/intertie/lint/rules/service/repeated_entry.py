from __future__ import annotations

from collections.abc import Iterator, Sequence

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.fields import Located
from intertie.spec.model import Spec


@rule(code="TIE131", severity=Severity.WARNING, since="0.1.0")
def repeated_entry(spec: Spec) -> Iterator[Finding]:
    """A list contains an entry twice."""
    for entries in _lists(spec):
        first: dict[str, Located[str]] = {}
        for entry in entries:
            name = entry.value.strip()
            if name in first:
                yield Finding(
                    entry.span,
                    f"`{name}` is listed twice",
                    "remove it, or write the entry you meant",
                    related=(Label(first[name].span, "the first"),),
                )
            first.setdefault(name, entry)


def _lists(spec: Spec) -> Iterator[Sequence[Located[str]]]:
    if spec.authentication and spec.authentication.config:
        yield spec.authentication.config.scopes
    if spec.monitoring:
        yield spec.monitoring.metrics
    if spec.security:
        yield spec.security.personal
    answers = [endpoint.response.success for endpoint in spec.endpoints if endpoint.response]
    yield from (success.status for success in answers if success)
    yield from (row.endpoints for row in spec.inbound)
    yield from (row.endpoints for row in spec.outbound)
