from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from intertie.core.units import seconds_text
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rates import windows
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE212", severity=Severity.HINT, since="0.1.0")
def rate_window_spent_early(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """Under full load a longer rate window is used up early."""
    total_s = plan.timeouts.total_s
    for shorter, longer in pairwise(windows(spec)):
        spent_s = longer.limit.value / shorter.limit.value * shorter.window_s
        pause_s = longer.window_s - spent_s
        if longer.limit.value >= shorter.limit.value and pause_s > total_s:
            yield Finding(
                longer.limit.span,
                f"at {shorter.rate}, the {longer.rate} are used up after {seconds_text(round(spent_s, 1))}; "
                f"then nothing is sent for {seconds_text(round(pause_s, 1))}, longer than a call may take "
                f"({seconds_text(total_s)})",
                f"{longer.limit.value // (longer.window_s // shorter.window_s) or 1} {shorter.once} would "
                "spread them evenly",
                related=(Label(shorter.limit.span, f"the limit of {shorter.once}"),),
            )
