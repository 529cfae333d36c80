from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import has_key_at
from intertie.spec.model import Spec


@rule(code="TIE501", severity=Severity.INFO, since="0.1.0")
def alert_without_channel(spec: Spec) -> Iterator[Finding]:
    """An alert tells nobody.

    ## What it does
    Looks for `channel` in each of `monitoring.alerts`.

    ## Why it matters
    Without one the alert is shown and logged, and nobody is woken by it.

    ## Example
    ```yaml
    monitoring:
      alerts:
        - condition: error_rate > 5%
          severity: critical
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
        if alert.channel is None and alert.condition and not has_key_at(spec, alert, "channel"):
            yield Finding(
                alert.condition.span,
                "this alert is shown and logged, and sent to nobody",
                "add `channel: email`, `slack`, `pagerduty` or `webhook`",
            )
