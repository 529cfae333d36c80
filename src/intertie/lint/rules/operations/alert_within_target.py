from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import seconds_text
from intertie.diagnostics import Label, Severity
from intertie.lint.alerts import alert_comparisons
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.sla import error_rate
from intertie.spec.fields import Located
from intertie.spec.model import Spec


@rule(code="TIE519", severity=Severity.WARNING, since="0.1.0")
def alert_within_target(spec: Spec) -> Iterator[Finding]:
    """An alert fires although the service meets its targets."""
    promised = error_rate(spec)
    for span, compared in alert_comparisons(spec):
        if compared.operator not in (">", ">=") or not compared.value:
            continue
        if compared.metric == "error_rate" and promised and compared.value < promised.value:
            yield Finding(
                span,
                f"the alert fires above {compared.value:.4%}, but up to {promised.value:.4%} is agreed",
                "raise the threshold above the agreed rate",
                related=(Label(promised.said.span, "the agreed rate"),),
            )
        elif compared.metric == "response_time" and (target := _slowest(spec, compared.percentile or "p50")):
            name, located = target
            if compared.value < located.value:
                yield Finding(
                    span,
                    f"the alert fires above {seconds_text(compared.value)}, but {compared.percentile or 'p50'} "
                    f"of {name} may be {seconds_text(located.value)}",
                    "raise the threshold above the target",
                    related=(Label(located.span, "the target"),),
                )


def _slowest(spec: Spec, percentile: str) -> tuple[str, Located[float]] | None:
    """Return the endpoint with the highest target of a percentile, and the target."""
    found: list[tuple[str, Located[float]]] = []
    for endpoint in spec.endpoints:
        target = getattr(endpoint.performance, percentile, None) if endpoint.performance else None
        if isinstance(target, Located):
            found.append((endpoint.name.value if endpoint.name else "the endpoint", target))
    return max(found, key=lambda each: each[1].value, default=None)
