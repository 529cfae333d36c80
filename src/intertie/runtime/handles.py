"""What the guards of one linked plan hold open: a handle for each guard and scope, made once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

if TYPE_CHECKING:  # guards come to know the handles, so handles know of guards by name alone
    from intertie.runtime.last_good import LastGood
    from intertie.runtime.policies.auth.credentials import Credentials
    from intertie.runtime.policies.retry.budget import RetryBudget
    from intertie.runtime.state import BreakerHandle, LedgerHandle, LimiterHandle


@runtime_checkable
class Ends(Protocol):
    """A handle that is closed with its plan."""

    def close(self) -> None:
        """End it; memory only."""


class Handles:
    """Stage -> scope -> handle, and which scope an operation belongs to.

    The named properties are for those who ask for a certain guard: clients, statistics, operators.
    """

    def __init__(self) -> None:
        self._opened: dict[str, dict[str, object]] = {}
        self._scopes: dict[str, dict[str, str]] = {}

    def put(self, stage: str, scope: str, handle: object) -> None:
        """Keep the handle of a stage's scope."""
        self._opened.setdefault(stage, {})[scope] = handle

    def serve(self, stage: str, operation_id: str, scope: str) -> None:
        """Note that an operation is served by the handle of `scope`, rather than by that of all operations."""
        self._scopes.setdefault(stage, {})[operation_id] = scope

    def of(self, stage: str, operation_id: str = "") -> Any:
        """Return the handle that serves an operation, None where the guard is off."""
        scope = self._scopes.get(stage, {}).get(operation_id, "")
        return self._opened.get(stage, {}).get(scope)

    def all_of(self, stage: str) -> dict[str, Any]:
        """Return scope -> handle of a stage; empty where it is off."""
        return self._opened.get(stage, {})

    def close(self) -> None:
        """End what has an end: this plan's options hold no longer beside those of others on the same state."""
        for handles in self._opened.values():
            for handle in handles.values():
                if isinstance(handle, Ends):
                    handle.close()

    @property
    def limiter(self) -> LimiterHandle:
        """The limiter, which is always there: without declared limits it keeps to the service's own pauses."""
        return cast("LimiterHandle", self.of("rate_limit"))

    @property
    def breakers(self) -> dict[str, BreakerHandle]:
        """Operation -> breaker, or one under `""` for all; empty where there is none."""
        return self.all_of("circuit_breaker")

    @property
    def ledger(self) -> LedgerHandle | None:
        """The ledger, None where nothing is paid."""
        return cast("LedgerHandle | None", self.of("budget"))

    @property
    def credentials(self) -> Credentials | None:
        """The resolved credential, None where there is none."""
        return cast("Credentials | None", self.of("authentication"))

    @property
    def retry_budget(self) -> RetryBudget:
        """The retry budget of this process."""
        return cast("RetryBudget", self.of("retry"))

    @property
    def last_good(self) -> LastGood | None:
        """The last good answers, None where the fallback is another than `cache`."""
        return cast("LastGood | None", self.of("last_good"))
