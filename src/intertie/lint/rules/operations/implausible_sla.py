from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.sla import availability, error_rate
from intertie.lint.words import percent
from intertie.spec.model import Spec


@rule(code="TIE548", severity=Severity.WARNING, since="0.1.0")
def implausible_sla(spec: Spec) -> Iterator[Finding]:
    """The SLA promises next to nothing, or everything."""
    up, failing = availability(spec), error_rate(spec)
    if up is not None and up.value < 0.5:
        meant = f"did you mean {percent(up.value * 100)}?" if 0.005 <= up.value <= 0.01 else "write it as `99.9%`"
        yield Finding(
            up.said.span, f"with an availability of {percent(up.value)} the service may be down most of the time", meant
        )
    if up is not None and up.value == 1:
        yield Finding(
            up.said.span,
            "an availability of 100 % leaves no error budget: one failing call breaks it",
            "agree on what the service can keep, such as `99.9%`",
        )
    if failing is not None and 0.5 < failing.value <= 1:
        yield Finding(
            failing.said.span,
            f"with an error rate of {percent(failing.value)} most calls may fail",
            "write it as `0.5%`",
        )
