from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import seconds_text
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.tries import Tries, tries_of, waits_fit
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE203", severity=Severity.WARNING, since="0.1.0")
def attempts_outlast_deadline(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """At the declared p99 the attempts of a call take longer than the call may."""
    total_s, retry = plan.timeouts.total_s, plan.retry
    if retry.max_attempts < 2 or not waits_fit(retry, total_s):
        # Waits that outlast the call by themselves are another rule's finding.
        return
    place = spec.timeouts.total if spec.timeouts else None
    for endpoint in spec.endpoints:
        target = endpoint.performance.p99 if endpoint.performance else None
        if target is None or target.value > min(plan.timeouts.read_s, total_s):
            continue
        tries = tries_of(retry, try_s=target.value, total_s=total_s)
        if tries.needed_s > total_s:
            yield Finding(
                target.span,
                f"{retry.max_attempts} attempts of {seconds_text(target.value)} take "
                f"{seconds_text(tries.tries_s)}, with waits of {seconds_text(tries.waits_s)} between them "
                f"{seconds_text(tries.needed_s)}, but the call ends after {seconds_text(total_s)}: "
                f"{_what_is_made(tries, retry.max_attempts)}",
                "raise `timeouts.total`, or lower `max_attempts` or the target",
                related=(Label(place.span, "the whole call"),) if place else (),
            )


def _what_is_made(tries: Tries, wanted: int) -> str:
    return f"{tries.made} of them start" if tries.made < wanted else "the last one is cut off"
