from __future__ import annotations

from collections.abc import Iterator

from intertie.compiler.arithmetic import budget_end
from intertie.core.plurals import plural
from intertie.core.units import seconds_text
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.money import pays_nothing, units_of, unpaid_tier
from intertie.lint.rates import windows
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.runtime.policies.budget.options import PricingOptions
from intertie.spec.model import Spec


@rule(code="TIE515", severity=Severity.HINT, since="0.1.0")
def budget_exhausted_early(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """At the full rate the budget is used up before the month ends, and calls are refused."""
    pricing, declared = plan.pricing, windows(spec)
    limit = spec.costs.budget.monthly_limit if spec.costs and spec.costs.budget else None
    if limit is None or pricing is None or not pricing.hard_stop or plan.limits is None or not declared:
        return
    if not _is_judged(pricing) or pricing.monthly_limit is None or pays_nothing(plan):
        return
    end = budget_end(pricing, units_of(plan), plan.limits.windows)
    if end is None:
        return
    slowest = min(declared, key=lambda window: window.limit.value / window.window_s)
    calls = round(end.after_s * slowest.limit.value / slowest.window_s)
    yield Finding(
        limit.span,
        f"the budget pays for {plural(calls, 'call')}, which {slowest.rate} use up after {_said(end.after_s)}, "
        f"on day {end.day} of the month; then every call is refused",
        "raise the budget, or lower the rate limit",
        related=(Label(slowest.limit.span, f"the limit of {slowest.once}"),),
    )


def _is_judged(pricing: PricingOptions) -> bool:
    """Return whether a call has a price that is known: of a free first step only where calls are counted."""
    if (
        pricing.model == "subscription"
        or not any(tier.cost > 0 for tier in pricing.tiers)
        or unpaid_tier(pricing) is not None
    ):
        return False
    return pricing.tiers[0].cost > 0 or pricing.model == "per_request"


def _said(seconds: float) -> str:
    """Say a time as exactly as anybody plans by it."""
    if seconds >= 86_400:
        return f"{seconds / 86_400:.3g} d"
    return f"{seconds / 3600:.3g} h" if seconds >= 3600 else seconds_text(round(seconds))
