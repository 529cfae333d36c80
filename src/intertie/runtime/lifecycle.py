"""What a spec's status means to its callers."""

from __future__ import annotations

from intertie.core.errors import Retired
from intertie.runtime.plan import Plan

PRODUCTION = "production"


def standing_warnings(plan: Plan) -> tuple[str, ...]:
    """Return what every caller of the plan is told: a draft called in production, a deprecated integration."""
    if plan.status == "draft" and plan.environment == PRODUCTION:
        return (f"{plan.id} ({plan.service}) is a draft and is called in production",)
    if plan.status == "deprecated":
        return (f"{plan.id} ({plan.service}) is deprecated: plan to stop using it",)
    return ()


def retired(plan: Plan, operation: str) -> Retired | None:
    """Return the refusal of a retired integration, None where it is not retired."""
    if plan.status != "retired":
        return None
    return Retired(
        f"{operation}: {plan.id} ({plan.service}) is retired, so nothing is sent; "
        f"set `status` in {plan.spec_path} where it is still in use"
    )
