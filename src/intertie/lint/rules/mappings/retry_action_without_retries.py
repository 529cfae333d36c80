from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE402", severity=Severity.WARNING, since="0.1.0")
def retry_action_without_retries(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """An error row says `retry`, but the spec allows only one attempt."""
    if plan.retry.max_attempts > 1:
        return
    for row in spec.error_mapping:
        if row.action and row.action.value == "retry":
            attempts = spec.retry.max_attempts if spec.retry else None
            yield Finding(
                row.action.span,
                "nothing is retried: the retry policy allows only one attempt",
                "raise `retry.max_attempts`, or write `action: fail`",
                related=(Label(attempts.span, "the attempts of one call"),) if attempts else (),
            )
