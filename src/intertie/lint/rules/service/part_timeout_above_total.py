from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import seconds_text
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE110", severity=Severity.WARNING, since="0.1.0")
def part_timeout_above_total(spec: Spec) -> Iterator[Finding]:
    """The timeout of a phase is longer than the total timeout."""
    timeouts = spec.timeouts
    if not (timeouts and timeouts.total):
        return
    total = timeouts.total
    for name, part in (("connect", timeouts.connect), ("read", timeouts.read), ("write", timeouts.write)):
        if part and part.value > total.value:
            yield Finding(
                part.span,
                f"`{name}` ({seconds_text(part.value)}) is longer than the whole call may take "
                f"({seconds_text(total.value)})",
                f"set `{name}` below `total`, or raise `total`",
                related=(Label(total.span, "the whole call"),),
            )
