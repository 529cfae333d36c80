from __future__ import annotations

from collections.abc import Iterator

from intertie.core.plurals import plural
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE223", severity=Severity.WARNING, since="0.1.0")
def one_call_opens_breaker(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """One failing call can open the breaker for all callers."""
    block, options = spec.circuit_breaker, plan.breaker
    tries = plan.retry.max_attempts
    if block is None or options is None or tries < 2:
        return
    if options.failure_threshold is not None:
        needed, mend = options.failure_threshold, "failure_threshold"
        place = block.failure_threshold.span if block.failure_threshold else block.head
        what = f"{plural(needed, 'failure')} in a row open the breaker"
    else:
        needed, mend = options.minimum_calls, "minimum_calls"
        place = block.minimum_calls.span if block.minimum_calls else block.head
        what = f"the breaker decides after {plural(needed, 'attempt')}"
    if needed > tries:
        return
    attempts = spec.retry.max_attempts if spec.retry else None
    yield Finding(
        place,
        f"{what}, and one call makes up to {plural(tries, 'attempt')}",
        f"raise `{mend}` above {tries}",
        related=(Label(attempts.span, "the attempts of one call"),) if attempts else (),
    )
