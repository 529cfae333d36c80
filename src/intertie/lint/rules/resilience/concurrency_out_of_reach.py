from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from intertie.core.plurals import plural
from intertie.core.units import seconds_text
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rates import windows
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE241", severity=Severity.INFO, since="0.1.0")
def concurrency_out_of_reach(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """The concurrency limit is above what the rate limit allows."""
    most, total_s = spec.rate_limits.concurrent_requests if spec.rate_limits else None, plan.timeouts.total_s
    declared = windows(spec)
    if most is None or not declared:
        return
    # A burst may begin just before a window's end: one window more than fits.
    tightest = min(declared, key=lambda window: window.limit.value * (ceil(total_s / window.window_s) + 1))
    reach = tightest.limit.value * (ceil(total_s / tightest.window_s) + 1)
    if most.value > reach:
        yield Finding(
            most.span,
            f"the limit has no effect: at most {plural(reach, 'call')} can start during one call "
            f"({seconds_text(total_s)})",
            "correct the limit, or remove it",
            related=(Label(tightest.limit.span, f"the limit per {tightest.word}"),),
        )
