from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE224", severity=Severity.ERROR, since="0.1.0", judges="spec")
def breaker_counts_nothing(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """The breaker never opens, because nothing counts as a failure."""
    breaker = plan.breaker
    listed_here = spec.circuit_breaker.failure_on if spec.circuit_breaker else ()
    if breaker is None or not listed_here or breaker.network_error or breaker.timeout or breaker.statuses.codes:
        return
    yield Finding(
        listed_here[0].span,
        "the breaker never opens: it ignores throttling, and nothing else counts as a failure",
        "list `service_fault`, `timeout`, `network_error` or statuses such as `5xx`",
    )
