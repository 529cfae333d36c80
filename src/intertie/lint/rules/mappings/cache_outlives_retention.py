from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import seconds_text
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE409", severity=Severity.WARNING, since="0.1.0")
def cache_outlives_retention(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """The cache would keep responses for longer than the data retention allows."""
    fallback = spec.fallback_behavior
    ttl = fallback.cache_ttl if fallback and fallback.strategy and fallback.strategy.value == "cache" else None
    if ttl is None or plan.retention_s is None or ttl.value <= plan.retention_s:
        return
    security = spec.security
    place = (security.retention or security.data_retention) if security else None
    yield Finding(
        ttl.span,
        f"responses are cached for {seconds_text(ttl.value)}, but data may be kept for only "
        f"{seconds_text(plan.retention_s)}",
        "shorten `cache_ttl`, or agree on a longer retention",
        related=(Label(place.span, "the retention"),) if place else (),
    )
