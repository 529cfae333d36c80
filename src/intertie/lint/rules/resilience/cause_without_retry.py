from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE207", severity=Severity.WARNING, since="0.1.0")
def cause_without_retry(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """The spec lists causes to retry but allows only one attempt."""
    retry = spec.retry
    causes = (*retry.retry_on, *retry.retry_conditions) if retry else ()
    if retry and causes and plan.retry.max_attempts == 1:
        place = retry.max_attempts or retry.max_retries
        yield Finding(
            place.span if place else retry.head,
            "`max_attempts: 1` means no retry, so `retry_on` and `retry_conditions` have no effect",
            "write 2 for one retry: `max_attempts` includes the first attempt",
            related=(Label(causes[0].span, "a cause to retry"),),
        )
