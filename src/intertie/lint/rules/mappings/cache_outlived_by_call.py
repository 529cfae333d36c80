from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import seconds_text
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE441", severity=Severity.WARNING, since="0.1.0")
def cache_outlived_by_call(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """A cached response expires before a call falls back to it."""
    block = spec.fallback_behavior
    ttl = block.cache_ttl if block and block.strategy and block.strategy.value == "cache" else None
    if ttl and 0 < ttl.value < plan.timeouts.total_s:
        total = spec.timeouts.total if spec.timeouts else None
        yield Finding(
            ttl.span,
            f"a cached response expires after {seconds_text(ttl.value)}, but a call may take "
            f"{seconds_text(plan.timeouts.total_s)}",
            "raise `cache_ttl`, which is in seconds, above the length of an outage",
            related=(Label(total.span, "the whole call"),) if total else (),
        )
