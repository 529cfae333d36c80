from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from intertie.diagnostics import Severity
from intertie.lint.alerts import METRICS, OTHER_VALUES, PERCENTILES, comparisons, is_known
from intertie.lint.finding import Finding
from intertie.lint.mends import source_text, write
from intertie.lint.rule import rule
from intertie.lint.words import listed
from intertie.spec.model import Spec


@rule(code="TIE520", severity=Severity.WARNING, since="0.1.0")
def unknown_alert_metric(spec: Spec) -> Iterator[Finding]:
    """An alert uses an unknown metric."""
    for alert in spec.monitoring.alerts if spec.monitoring else ():
        for compared in comparisons(alert.condition.value) if alert.condition else ():
            if is_known(compared.name):
                continue
            near = get_close_matches(compared.name, (*METRICS, *PERCENTILES, *OTHER_VALUES), n=1)
            written = source_text(spec, alert.condition.span) if alert.condition else ""
            fixed = (
                re.sub(re.escape(compared.name), near[0], written, count=1, flags=re.IGNORECASE) if near else written
            )
            yield Finding(
                alert.condition.span if alert.condition else alert.head,
                f"`{compared.name}` is not a known metric",
                f"did you mean `{near[0]}`?" if near else f"use {listed(METRICS)}, or a metric of a guard",
                fix=write(fixed, alert.condition.span, safe=False) if near and alert.condition else None,
            )
