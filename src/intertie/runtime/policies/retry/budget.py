"""The retry budget: what share of calls may be retries, so that an outage is not multiplied."""

from __future__ import annotations

from threading import Lock

from intertie.core.forking import renew_after_fork
from intertie.runtime.policies.retry.options import RetryOptions

_SLOTS = 10


class RetryBudget:
    """Counts calls and retries of the last `budget_window_s` seconds, in tenths of it. Safe from any thread.

    A retry is allowed while fewer than `max(budget_minimum, budget_ratio * calls)` were made in the window.
    Bookkeeping is per process: each process multiplies its own traffic by no more than the ratio, so all together do
    not either.

    Source: Google, "Site Reliability Engineering", chapter 21 (per-client retry budget).
    """

    __slots__ = (
        "__weakref__", "_at", "_begins_s", "_calls", "_current", "_ends_s", "_lock", "_minimum", "_ratio", "_retries",
        "_slot_s",
    )  # fmt: skip

    def __init__(self, options: RetryOptions) -> None:
        self._ratio = options.budget_ratio
        self._minimum = options.budget_minimum
        self._slot_s = options.budget_window_s / _SLOTS
        self._calls = [0] * _SLOTS
        self._retries = [0] * _SLOTS
        self._current = 0
        self._at = 0
        self._begins_s = self._ends_s = 0.0
        self.after_fork_in_child()
        renew_after_fork(self)

    def after_fork_in_child(self) -> None:
        """Make a free lock, in a forked child."""
        self._lock = Lock()

    def count_call(self, now_s: float) -> None:
        """Note the start of a call."""
        with self._lock:
            if not self._begins_s <= now_s < self._ends_s:
                slot = int(now_s / self._slot_s)
                self._advance_locked(slot)
                self._at = slot % _SLOTS
                # A little short of the slot, whose ends are rounded.
                self._begins_s, self._ends_s = (slot + 0.001) * self._slot_s, (slot + 0.999) * self._slot_s
            self._calls[self._at] += 1

    def take(self, now_s: float) -> bool:
        """Spend one retry; False where the budget has none left."""
        slot = int(now_s / self._slot_s)
        with self._lock:
            if slot != self._current:
                self._advance_locked(slot)
            if sum(self._retries) >= max(self._minimum, self._ratio * sum(self._calls)):
                return False
            self._retries[slot % _SLOTS] += 1
            return True

    def counts(self, now_s: float) -> tuple[int, int]:
        """Return (calls, retries) of the window."""
        slot = int(now_s / self._slot_s)
        with self._lock:
            if slot != self._current:
                self._advance_locked(slot)
            return sum(self._calls), sum(self._retries)

    def _advance_locked(self, slot: int) -> None:
        # A thread that read the clock earlier may come later: it must not wipe what is newer.
        for passed in range(max(self._current + 1, slot - _SLOTS + 1), slot + 1):
            self._calls[passed % _SLOTS] = 0
            self._retries[passed % _SLOTS] = 0
        self._current = max(self._current, slot)
