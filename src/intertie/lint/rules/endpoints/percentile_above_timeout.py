from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import seconds_text
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE307", severity=Severity.WARNING, since="0.1.0")
def percentile_above_timeout(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """A latency target is longer than the timeout."""
    read_s, total_s = plan.timeouts.read_s, plan.timeouts.total_s
    bound_s, name = (read_s, "read") if read_s <= total_s else (total_s, "total")
    written = spec.timeouts
    place = (written.read if name == "read" else written.total) if written else None
    for endpoint in spec.endpoints:
        targets = endpoint.performance
        if targets is None:
            continue
        for percentile, target in (("p50", targets.p50), ("p95", targets.p95), ("p99", targets.p99)):
            if target and target.value > bound_s:
                yield Finding(
                    target.span,
                    f"{percentile} may be {seconds_text(target.value)}, but `{name}` ends the call after "
                    f"{seconds_text(bound_s)}",
                    f"raise `timeouts.{name}`, or lower the target",
                    related=(Label(place.span, f"`{name}`"),) if place else (),
                )
