from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.alert_bounds import why_always
from intertie.lint.alerts import alert_comparisons
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE518", severity=Severity.ERROR, since="0.1.0", judges="spec")
def alert_always_fires(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """The condition of an alert is always true."""
    for span, compared in alert_comparisons(spec):
        why = why_always(compared, plan)
        if why:
            yield Finding(
                span,
                f"`{compared.name} {compared.operator} {compared.right}` is always true: {why}",
                "choose a value that is not always exceeded",
            )
