from __future__ import annotations

import math
from collections.abc import Iterator

from intertie.core.plurals import plural
from intertie.core.units import seconds_text
from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE218", severity=Severity.HINT, since="0.1.0")
def concurrency_below_rate(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """The concurrency limit keeps calls below the rate limit."""
    concurrent = spec.rate_limits.concurrent_requests if spec.rate_limits else None
    targets = [
        endpoint.performance.p50.value
        for endpoint in spec.endpoints
        if endpoint.performance and endpoint.performance.p50
    ]
    if concurrent is None or not targets or plan.limits is None or not plan.limits.windows or min(targets) <= 0:
        return
    rate = min(window.limit / window.window_s for window in plan.limits.windows)
    reached = concurrent.value / min(targets)
    if reached < rate:
        yield Finding(
            concurrent.span,
            f"{plural(concurrent.value, 'concurrent call')} of {seconds_text(min(targets))} (p50) make "
            f"{reached:.4g} a second, so the limit of {rate:.4g} a second is never reached",
            f"to reach it, allow {math.ceil(rate * min(targets))} concurrent calls",
        )
