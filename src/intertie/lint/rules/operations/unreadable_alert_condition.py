from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.alerts import comparisons, is_alone
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import has_key_at
from intertie.spec.model import Spec


@rule(code="TIE502", severity=Severity.ERROR, since="0.1.0", judges="spec")
def unreadable_alert_condition(spec: Spec) -> Iterator[Finding]:
    """The condition of an alert is missing or not a comparison."""
    for alert in spec.monitoring.alerts if spec.monitoring else ():
        if alert.condition and not re.search(r"[<>=≤≥]|\bin\b", alert.condition.value):
            yield Finding(alert.condition.span, "the condition is not a comparison", "write it as `error_rate > 5%`")
        elif alert.condition and (part := _unreadable(alert.condition.value)):
            yield Finding(alert.condition.span, f"{part} can't be read", "write it as `error_rate > 5%`")
        elif alert.condition is None and not has_key_at(spec, alert, "condition"):
            yield Finding(alert.head, "the alert has no condition", "add `condition: error_rate > 5%`")


def _unreadable(condition: str) -> str | None:
    """Return what of a condition is no comparison, None where all of it is or may be."""
    found = list(comparisons(condition))
    if not found and is_alone(condition) and not re.search(r"\bin\b", condition):
        return "the comparison"
    return next((f"`{each.right}`" for each in found if each.metric and each.value is None), None)
