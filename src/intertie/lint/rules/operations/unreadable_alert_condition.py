from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import has_key_at
from intertie.spec.model import Spec


@rule(code="TIE502", severity=Severity.ERROR, since="0.1.0")
def unreadable_alert_condition(spec: Spec) -> Iterator[Finding]:
    """An alert has no condition, or one that compares nothing.

    ## What it does
    Looks for a comparison in each alert's `condition`: `<`, `<=`, `>`, `>=`, `==`, `!=` or `in`.

    ## Why it matters
    An alert that can't become true is worse than none: everybody relies on it.

    ## Example
    ```yaml
    monitoring:
      alerts:
        - condition: too many errors
          severity: critical
          channel: pagerduty
    ```

    ## Use instead
    ```yaml
    monitoring:
      alerts:
        - condition: error_rate > 5%
          severity: critical
          channel: pagerduty
    ```

    ## References
    Spec format, monitoring.
    """
    for alert in spec.monitoring.alerts if spec.monitoring else ():
        if alert.condition and not re.search(r"[<>=≤≥]|\bin\b", alert.condition.value):
            yield Finding(alert.condition.span, "the condition compares nothing", "write it as `error_rate > 5%`")
        elif alert.condition is None and not has_key_at(spec, alert, "condition"):
            yield Finding(alert.head, "the alert has no condition", "add `condition: error_rate > 5%`")
