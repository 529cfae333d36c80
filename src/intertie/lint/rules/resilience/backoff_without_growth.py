from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import seconds_text
from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE242", severity=Severity.INFO, since="0.1.0")
def backoff_without_growth(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """The backoff can't grow."""
    block = spec.retry
    if block is None or plan.retry.max_attempts < 3 or (block.backoff and block.backoff.value == "fixed"):
        return
    first, most = block.initial_delay, block.max_delay
    if first and most and first.value == most.value > 0:
        yield Finding(
            most.span,
            f"the first wait is already the longest, {seconds_text(first.value)}, so waits can't grow",
            "raise `max_delay`, or write `backoff: fixed`",
        )
    elif block.multiplier and block.multiplier.value >= 10:
        yield Finding(
            block.multiplier.span,
            f"each wait is {block.multiplier.value:g} times the one before, so the second reaches the cap",
            "use a smaller multiplier, usually 2",
        )
