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
    """Two alerts have the same condition."""
    seen: dict[str, Located[str]] = {}
    for alert in spec.monitoring.alerts if spec.monitoring else ():
        if alert.condition is None:
            continue
        text = re.sub(r"\s+", "", alert.condition.value.lower())
        if text in seen:
            yield Finding(
                alert.condition.span,
                "another alert has the same condition",
                "merge the alerts, or correct one of them",
                related=(Label(seen[text].span, "the first"),),
            )
        seen.setdefault(text, alert.condition)
