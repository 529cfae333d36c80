from __future__ import annotations

from collections.abc import Iterator

from intertie.core.plurals import plural
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.replay import may_take_effect_twice
from intertie.lint.rule import rule
from intertie.lint.sla import availability, error_rate
from intertie.lint.words import percent
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE522", severity=Severity.WARNING, since="0.1.0")
def availability_out_of_reach(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """Retries can't turn the declared error rate into the declared availability."""
    agreed, failing = availability(spec), error_rate(spec)
    if agreed is None or failing is None or not 0 < failing.value < 1 or not spec.endpoints:
        return
    safe = any(not may_take_effect_twice(endpoint) for endpoint in spec.endpoints)
    tries = plan.retry.max_attempts if safe else 1
    lost = failing.value**tries
    if 1 - lost >= agreed.value:
        return
    power = f" leave {percent(failing.value)}^{tries} = {percent(lost)}" if tries > 1 else ""
    yield Finding(
        agreed.said.span,
        f"{plural(tries, 'attempt')} of which {percent(failing.value)} fail{power}: availability is "
        f"{percent(1 - lost)} at best, but {percent(agreed.value)} is agreed",
        "allow another attempt, or agree on a lower availability",
        related=(Label(failing.said.span, "the error rate"),),
        severity=None if safe and tries > 1 else Severity.INFO,
    )
