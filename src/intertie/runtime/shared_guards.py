"""What all operations of one integration share: the handles of its guards, made once when the plan is linked."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from intertie.core.secret import Secret
from intertie.runtime.credentials import Credentials
from intertie.runtime.last_good import LastGood
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.policies.limiter.options import LimiterOptions
from intertie.runtime.policies.retry.budget import RetryBudget
from intertie.runtime.state import BreakerHandle, LedgerHandle, LimiterHandle
from intertie.runtime.surroundings import Surroundings


class SharedGuards(Struct, frozen=True):
    """Handles and counters of one integration in one environment.

    Attributes:
        limiter: Always there: without declared limits it still holds everybody to the pauses that the service asks for.
        breakers: Operation -> handle, or one under `""` for all operations; empty where there is none.
    """

    limits: LimiterOptions
    limiter: LimiterHandle
    breakers: dict[str, BreakerHandle]
    ledger: LedgerHandle | None
    credentials: Credentials | None
    retry_budget: RetryBudget
    last_good: LastGood | None

    @classmethod
    def of(cls, plan: Plan, surroundings: Surroundings, *, tell: Callable[[Secret], None]) -> SharedGuards:
        """Open the handles that a plan asks for; every secret that is resolved is told to `tell`, which masks it."""
        coordination = surroundings.coordination
        limits = plan.limits if plan.limits is not None else LimiterOptions()
        credentials = None if plan.auth.type == "none" else Credentials(plan.auth, surroundings.secrets, tell)
        breakers: dict[str, BreakerHandle] = {}
        if plan.breaker is not None:
            scopes = dict.fromkeys(breaker_scope(plan, operation) for operation in plan.operations.values())
            breakers = {scope: coordination.breaker(plan.key, plan.breaker, scope) for scope in scopes}
        last_good = None
        if plan.fallback is not None and plan.fallback.strategy == "cache":
            handle = coordination.cache(plan.cache_key)
            last_good = LastGood(plan, handle, credentials, ttl_s=plan.fallback.cache_ttl_s)
        return cls(
            limits=limits,
            limiter=coordination.limiter(plan.key, limits),
            breakers=breakers,
            ledger=None if plan.pricing is None else surroundings.journal.ledger(plan.key, plan.pricing),
            credentials=credentials,
            retry_budget=RetryBudget(plan.retry),
            last_good=last_good,
        )

    def breaker_of(self, plan: Plan, operation: OperationPlan) -> BreakerHandle | None:
        """Return the breaker that counts an operation's attempts."""
        return self.breakers.get(breaker_scope(plan, operation))


def breaker_scope(plan: Plan, operation: OperationPlan) -> str:
    """Return whose failures an operation's breaker counts: its own with `scope: endpoint`, else everybody's (`""`)."""
    return operation.id if plan.breaker is not None and plan.breaker.scope == "endpoint" else ""
