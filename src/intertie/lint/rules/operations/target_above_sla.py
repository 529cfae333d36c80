from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import seconds_text
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.sla import response_time
from intertie.spec.fields import Located
from intertie.spec.model import Spec


@rule(code="TIE521", severity=Severity.WARNING, since="0.1.0")
def target_above_sla(spec: Spec) -> Iterator[Finding]:
    """The latency target of an endpoint is above the SLA."""
    promised = response_time(spec)
    if promised is None or not promised.percentile:
        return
    for endpoint in spec.endpoints:
        target = getattr(endpoint.performance, promised.percentile, None) if endpoint.performance else None
        if isinstance(target, Located) and target.value > promised.value:
            yield Finding(
                target.span,
                f"{promised.percentile} may be {seconds_text(target.value)}, but the SLA allows "
                f"{seconds_text(promised.value)}",
                "lower the target, or agree on another response time",
                related=(Label(promised.said.span, "the SLA"),),
            )
