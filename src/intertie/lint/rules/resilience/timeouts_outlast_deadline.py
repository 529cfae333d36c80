from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import seconds_text
from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.tries import begins_s, tries_of
from intertie.lint.words import listed
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE206", severity=Severity.INFO, since="0.1.0")
def timeouts_outlast_deadline(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """If every attempt times out, the call ends before all of them are made."""
    timeouts, retry = plan.timeouts, plan.retry
    written = spec.timeouts.read if spec.timeouts else None
    if written is None or not retry.timeout or retry.max_attempts < 2 or timeouts.read_s >= timeouts.total_s:
        return
    targets = [
        endpoint.performance.p99.value
        for endpoint in spec.endpoints
        if endpoint.performance and endpoint.performance.p99
    ]
    slow_s = max((target for target in targets if target <= timeouts.read_s), default=0.0)
    if tries_of(retry, try_s=slow_s, total_s=timeouts.total_s).needed_s > timeouts.total_s:
        # Even answers within the declared targets don't fit: that is told already.
        return
    tries = tries_of(retry, try_s=timeouts.read_s, total_s=timeouts.total_s)
    if tries.made < retry.max_attempts:
        place = spec.timeouts.total if spec.timeouts else None
        begins = [seconds_text(begin_s) for begin_s in begins_s(retry, timeouts.read_s)[:5]]
        more = ", …" if retry.max_attempts > len(begins) else ""
        yield Finding(
            (place or written).span,
            f"attempts that time out after {seconds_text(timeouts.read_s)} each would start after "
            f"{listed(begins)}{more}: only {tries.made} of {retry.max_attempts} start within "
            f"{seconds_text(timeouts.total_s)}",
            "shorten `timeouts.read` if the service is faster than that, or raise `total`",
        )
