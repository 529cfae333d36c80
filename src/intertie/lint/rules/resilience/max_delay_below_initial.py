from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import seconds_text
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.mends import swap
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE201", severity=Severity.ERROR, since="0.1.0", judges="spec")
def max_delay_below_initial(spec: Spec) -> Iterator[Finding]:
    """The longest wait between retries is shorter than the first."""
    retry = spec.retry
    if retry and retry.initial_delay and retry.max_delay and retry.max_delay.value < retry.initial_delay.value:
        longest, first = seconds_text(retry.max_delay.value), seconds_text(retry.initial_delay.value)
        yield Finding(
            retry.max_delay.span,
            f"the longest wait ({longest}) is shorter than the first ({first})",
            "raise `max_delay`, or lower `initial_delay`",
            related=(Label(retry.initial_delay.span, "the first wait"),),
            fix=swap(spec, retry.initial_delay, retry.max_delay, "the two waits"),
        )
