"""What a spec's status means to its callers."""

from __future__ import annotations

from intertie.core.errors import Retired
from intertie.runtime.plan import Plan

PRODUCTION = "production"


def life_cycle_warnings(id: str, service: str, status: str, environment: str) -> tuple[str, ...]:  # noqa: A002
    """Return what a status means to everybody who calls: a draft in production, a deprecated integration."""
    if status == "draft" and environment == PRODUCTION:
        return (f"{id} ({service}) is a draft and is called in production",)
    if status == "deprecated":
        return (f"{id} ({service}) is deprecated: plan to stop using it",)
    return ()


def standing_warnings(plan: Plan) -> tuple[str, ...]:
    """Return what every caller of the plan is told, each sentence once: of its life cycle, and of the plan itself."""
    of_status = life_cycle_warnings(plan.id, plan.service, plan.status, plan.environment)
    return tuple(dict.fromkeys((*of_status, *plan.warnings)))


def retired(plan: Plan, operation: str) -> Retired | None:
    """Return the refusal of a retired integration, None where it is not retired."""
    if plan.status != "retired":
        return None
    return Retired(
        f"{operation}: {plan.id} ({plan.service}) is retired, so nothing is sent; "
        f"set `status` in {plan.spec_path} where it is still in use"
    )
