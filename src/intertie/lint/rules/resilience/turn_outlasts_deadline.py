from __future__ import annotations

import math
from collections.abc import Iterator

from intertie.core.units import seconds_text
from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rates import windows
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE215", severity=Severity.WARNING, since="0.1.0")
def turn_outlasts_deadline(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """The rate limit grants turns more slowly than a call can wait."""
    limits = plan.limits
    if limits is None or limits.on_limit != "wait":
        return
    patience_s = min(plan.timeouts.total_s, limits.max_wait_s if limits.max_wait_s is not None else math.inf)
    declared = windows(spec)
    for number, window in enumerate(declared):
        if any(shorter.limit.value > window.limit.value for shorter in declared[:number]):
            # Less than in a shorter window: one of the two is wrong, and that is told.
            return
        turn_s = window.window_s / window.limit.value
        if turn_s > patience_s:
            yield Finding(
                window.limit.span,
                f"a turn comes every {seconds_text(turn_s)} ({seconds_text(window.window_s)} / "
                f"{window.limit.value}), but a call waits at most {seconds_text(patience_s)}: a call that "
                "finds no free turn is refused",
                "let callers wait longer, submit such calls, or write `on_limit: reject`",
            )
            return
