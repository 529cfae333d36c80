"""The order of all stages, outermost first, and what walks it.

A stage before `send` wraps those behind it; `send` ends the way in, and what stands behind it happens to the answer on
the way back. The order is a decision with reasons: docs/adr/0001-stage-order.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from intertie.runtime.guard import Guard, Opening, Site
from intertie.runtime.handles import Handles
from intertie.runtime.plan import Plan
from intertie.runtime.policies.auth.guard import AuthGuard
from intertie.runtime.policies.breaker.guard import BreakerGuard, SecondLookGuard
from intertie.runtime.policies.budget.guard import BudgetGuard, SettleStep
from intertie.runtime.policies.bulkhead.guard import BulkheadGuard
from intertie.runtime.policies.connection.guard import ConnectionGuard
from intertie.runtime.policies.deadline.guard import DeadlineGuard
from intertie.runtime.policies.fallback.guard import FallbackGuard, LastGoodStep
from intertie.runtime.policies.idempotency.guard import KeyGuard
from intertie.runtime.policies.limiter.guard import LimiterGuard
from intertie.runtime.policies.retry.guard import RetryGuard
from intertie.runtime.policies.version.guard import VersionGuard
from intertie.runtime.steps import (
    ClassifyStep,
    InboundMappingStep,
    OutboundMappingStep,
    RequestValidationStep,
    ResponseValidationStep,
    SendStep,
    TelemetryStep,
)

if TYPE_CHECKING:  # a plan is described without what runs it
    from intertie.core.secret import Secret
    from intertie.runtime.pipeline import Policy
    from intertie.runtime.surroundings import Surroundings

ORDER: tuple[Guard, ...] = (
    TelemetryStep(),
    OutboundMappingStep(),
    RequestValidationStep(),
    FallbackGuard(),
    DeadlineGuard(),
    RetryGuard(),
    BreakerGuard(),
    BudgetGuard(),
    AuthGuard(),
    VersionGuard(),
    KeyGuard(),
    BulkheadGuard(),
    ConnectionGuard(),
    LimiterGuard(),
    SecondLookGuard(),
    SendStep(),
    ClassifyStep(),
    SettleStep(),
    ResponseValidationStep(),
    InboundMappingStep(),
    LastGoodStep(),
)

_SENDS = next(index for index, guard in enumerate(ORDER) if isinstance(guard, SendStep))
WAY_IN: tuple[Guard, ...] = ORDER[:_SENDS]
WAY_BACK: tuple[Guard, ...] = ORDER[_SENDS + 1 :]


def guard_of(stage: str) -> Guard:
    """Return the guard of a stage.

    Raises:
        KeyError: There is none.
    """
    return _BY_STAGE[stage]


def open_handles(plan: Plan, surroundings: Surroundings, tell: Callable[[Secret], None]) -> Handles:
    """Open what the guards of a plan share, in their order; what is one operation's own is opened with that."""
    handles = Handles()
    for guard in ORDER:
        own = guard.scopes(plan)
        if own:

            def open_one(scope: str, guard: Guard = guard) -> object | None:
                return guard.open(Opening(plan, surroundings, scope, tell, handles))

            handles.open_later(guard.stage, own, open_one)
        if len(own) < len(plan.operations) or not own:
            handle = guard.open(Opening(plan, surroundings, "", tell, handles))
            if handle is not None:
                handles.put(guard.stage, handle)
    return handles


def policies_of(site: Site, *, without: frozenset[str] = frozenset()) -> list[Policy]:
    """Return the policies of one operation, outermost first; `without` names stages that are left out."""
    found = ((guard.stage, guard.policy(site, site.handle(guard.stage))) for guard in WAY_IN)
    return [policy for stage, policy in found if policy is not None and stage not in without]


def guard_statistics(handles: Handles) -> dict[str, dict[str, Mapping[str, object]]]:
    """Return stage -> scope -> what each handle says of itself now, of those that say anything."""
    found: dict[str, dict[str, Mapping[str, object]]] = {}
    for guard in ORDER:
        for scope, handle in handles.all_of(guard.stage).items():
            said = guard.statistics(handle)
            if said:
                found.setdefault(str(guard.stage), {})[scope] = said
    return found


_BY_STAGE = {guard.stage: guard for guard in ORDER}
