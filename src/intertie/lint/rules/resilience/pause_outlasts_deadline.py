from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import seconds_text
from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE216", severity=Severity.WARNING, since="0.1.0")
def pause_outlasts_deadline(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """The pause after a 429 is longer than the call may take."""
    limits, declared = plan.limits, spec.throttling.retry_after if spec.throttling else None
    if limits is None or declared is None or plan.retry.max_attempts < 2:
        return
    total_s, between = plan.timeouts.total_s, plan.retry.max_attempts - 1
    pauses_s = [limits.retry_after_s * limits.backoff_multiplier**number for number in range(min(between, 12))]
    fitting = next((number for number in range(len(pauses_s)) if sum(pauses_s[: number + 1]) >= total_s), len(pauses_s))
    if fitting == len(pauses_s):
        return
    if fitting == 0:
        yield Finding(
            declared.span,
            f"after a 429 without `Retry-After` the pause is {seconds_text(pauses_s[0])}, but the call ends "
            f"after {seconds_text(total_s)}: it is not retried",
            "raise `timeouts.total` above the pause, or lower `retry_after` if the service allows it",
            severity=None if 429 in plan.retry.retry_on else Severity.INFO,
        )
        return
    shown = " + ".join(seconds_text(pause_s) for pause_s in pauses_s[:6])
    yield Finding(
        declared.span,
        f"the pauses after repeated 429s are {shown}, but the call ends after {seconds_text(total_s)}: only "
        f"{fitting + 1} of {plan.retry.max_attempts} attempts are made",
        "raise `timeouts.total`, or lower `retry_after`, `backoff_multiplier` or `max_attempts`",
        severity=Severity.INFO,
    )
