from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.fields import Located
from intertie.spec.model import Spec


@rule(code="TIE533", severity=Severity.WARNING, since="0.1.0")
def repeated_alert(spec: Spec) -> Iterator[Finding]:
    """Two alerts have the same condition.

    ## What it does
    Compares the conditions and channels of all alerts.

    ## Why it matters
    The same thing is told twice. Another condition was probably meant for one of them.

    ## Example
    ```yaml
    monitoring:
      alerts:
        - {condition: error_rate > 5%, severity: critical, channel: slack}
        - {condition: error_rate > 5%, severity: critical, channel: slack}
    ```

    ## Use instead
    ```yaml
    monitoring:
      alerts:
        - {condition: error_rate > 5%, severity: critical, channel: pagerduty}
        - {condition: error_rate > 1%, severity: warning, channel: slack}
    ```

    ## References
    Spec format, monitoring.
    """
    seen: dict[str, Located[str]] = {}
    for alert in spec.monitoring.alerts if spec.monitoring else ():
        if alert.condition is None:
            continue
        text = re.sub(r"\s+", "", alert.condition.value.lower())
        if text in seen:
            yield Finding(
                alert.condition.span,
                "another alert has this condition",
                "make one alert of them, or correct one",
                related=(Label(seen[text].span, "the first"),),
            )
        seen.setdefault(text, alert.condition)
