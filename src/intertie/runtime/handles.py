"""What the guards of one linked plan hold open: a handle for each guard and scope, made once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Protocol, cast, runtime_checkable

from intertie.core.forking import renew_after_fork

if TYPE_CHECKING:  # guards come to know the handles, so handles know of guards by name alone
    from intertie.runtime.last_good import LastGood
    from intertie.runtime.policies.auth.credentials import Credentials
    from intertie.runtime.policies.retry.budget import RetryBudget
    from intertie.runtime.state import BreakerHandle, LedgerHandle, LimiterHandle

_NONE: Final[tuple[Mapping[str, None], None]] = ({}, None)


@runtime_checkable
class Ends(Protocol):
    """A handle that is closed with its plan."""

    def close(self) -> None:
        """End it; memory only."""


class Handles:
    """Stage -> scope -> handle, and which operations have handles of their own.

    An operation's own handle is opened when it is linked, or when somebody asks for all: a spec may have a thousand.
    The named properties are for those who ask for a certain guard: clients, statistics, operators.
    """

    def __init__(self) -> None:
        self._opened: dict[str, dict[str, object]] = {}
        self._own: dict[str, tuple[Mapping[str, None], Callable[[str], object | None]]] = {}
        self._closed = False
        self.after_fork_in_child()
        renew_after_fork(self)

    def after_fork_in_child(self) -> None:
        """Make a free lock, in a forked child."""
        self._lock = Lock()

    def put(self, stage: str, handle: object) -> None:
        """Keep the handle of a stage that serves all operations which have none of their own."""
        self._opened.setdefault(stage, {})[""] = handle

    def open_later(self, stage: str, operations: Collection[str], open_one: Callable[[str], object | None]) -> None:
        """Let operations have a handle of their own, rather than that of all others.

        Args:
            stage: The guard's.
            operations: Whose they are.
            open_one: Opens the handle of one; in memory only.
        """
        self._own[stage] = dict.fromkeys(operations), open_one

    def of(self, stage: str, operation_id: str = "") -> Any:
        """Return the handle that serves an operation, None where the guard is off."""
        if operation_id and operation_id in self._own.get(stage, _NONE)[0]:
            return self._own_of(stage, operation_id)
        return self._opened.get(stage, {}).get("")

    def all_of(self, stage: str) -> dict[str, Any]:
        """Return scope -> handle of a stage, all of them opened; empty where it is off."""
        own = {operation: self._own_of(stage, operation) for operation in self._own.get(stage, _NONE)[0]}
        found = {"": self._opened.get(stage, {}).get(""), **own}
        return {scope: handle for scope, handle in found.items() if handle is not None}

    def _own_of(self, stage: str, operation_id: str) -> object | None:
        """Return the handle of one operation, opening it where that was not done, unless all was closed."""
        with self._lock:
            opened = self._opened.setdefault(stage, {})
            if operation_id not in opened and not self._closed:
                handle = self._own[stage][1](operation_id)
                if handle is not None:
                    opened[operation_id] = handle
            return opened.get(operation_id)

    def close(self) -> None:
        """End what has an end: this plan's options hold no longer beside those of others on the same state."""
        with self._lock:
            self._closed = True
            opened = [handle for handles in self._opened.values() for handle in handles.values()]
        for handle in opened:
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
