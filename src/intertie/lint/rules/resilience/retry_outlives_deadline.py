from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import seconds_text
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.waits import longest_waits_s
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE204", severity=Severity.WARNING, since="0.1.0")
def retry_outlives_deadline(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """The waits between retries alone take longer than the whole call may."""
    if spec.retry is None:
        return
    share = 0.5 if plan.retry.jitter else 1.0
    waits_s = [wait_s * share for wait_s in longest_waits_s(plan.retry)]
    total_s = plan.timeouts.total_s
    spent_s, made = 0.0, 1
    for wait_s in waits_s:
        if spent_s + wait_s >= total_s:
            break
        spent_s += wait_s
        made += 1
    if made == plan.retry.max_attempts:
        return
    shown = [seconds_text(wait_s) for wait_s in waits_s[:5]]
    sum_text = " + ".join(shown) + (" + …" if len(waits_s) > len(shown) else "")
    average = "on average " if plan.retry.jitter else ""
    place = spec.retry.max_attempts or spec.retry.max_retries
    yield Finding(
        place.span if place else spec.retry.head,
        f"the waits are {average}{sum_text} = {seconds_text(sum(waits_s))}, but the call ends after "
        f"{seconds_text(total_s)}: only {made} of {plan.retry.max_attempts} attempts can be made",
        "lower `max_attempts` or the delays, or raise `timeouts.total`",
        related=(Label(spec.timeouts.total.span, "the whole call"),) if spec.timeouts and spec.timeouts.total else (),
    )
