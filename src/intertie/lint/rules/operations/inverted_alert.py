from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.alert_bounds import why_always, why_never
from intertie.lint.alerts import alert_comparisons
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE541", severity=Severity.WARNING, since="0.1.0")
def inverted_alert(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """An alert fires while the service works, and stops when it fails."""
    for span, compared in alert_comparisons(spec):
        falls = compared.operator in ("<", "<=") and compared.metric in ("error_rate", "response_time")
        if falls and not (why_always(compared, plan) or why_never(compared, plan)):
            yield Finding(
                span,
                f"`{compared.name} {compared.operator} {compared.right}` is true while the service works",
                f"write `{compared.operator.replace('<', '>')}`",
            )
