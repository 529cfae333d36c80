"""The permits of a shared limit that this process has, and what becomes of them."""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections import deque
from math import inf
from typing import Final

from intertie.adapters.stores.shared.alone import Alone
from intertie.adapters.stores.shared.foresight import Foresight
from intertie.adapters.stores.shared.line import Answer, Line
from intertie.adapters.stores.shared.measures import Measures
from intertie.adapters.stores.shared.permits import GivenPermit, Horizon
from intertie.adapters.stores.shared.share import Demand, Share
from intertie.adapters.stores.shared.store import Scheduler
from intertie.adapters.stores.shared.untold import Untold
from intertie.core.clock import Clock
from intertie.runtime.policies.limiter.options import LimiterOptions
from intertie.runtime.state import Permit

_SYNC_S: Final = 0.01
"""How long ends of flights are gathered before the store is told."""


class Holding(Line):
    """Gives permits from shares, and books what becomes of each; subclasses talk to the store.

    Args:
        name: For the background.
        offset_s: Store time minus monotonic time.
        store_down: What holds without the store: `fair_share`, `refuse` or `allow`.
    """

    def __init__(
        self,
        name: str,
        plans: tuple[LimiterOptions, ...],
        *,
        clock: Clock,
        offset_s: float,
        background: Scheduler,
        store_down: str,
    ) -> None:
        super().__init__(clock)
        self._name = name
        self._offset_s = offset_s
        self._background = background
        self._store_down = store_down
        self.horizon = Horizon()
        self._measures = Measures(plans)
        self._begin()

    def _begin(self) -> None:
        self._is_closed = False
        self._shares: deque[Share] = deque()
        self._untold = Untold()
        self._demand = Demand()
        self._refill_at = 0
        self._refilling = False
        self._flying = 0
        self._asking = False
        self._foresight = Foresight(self._measures, self._clock, self._offset_s)
        self._alone = Alone(self._clock, self._offset_s, self._store_down)
        self._measure_locked(self._measures)

    def after_fork_in_child(self) -> None:
        """Own nothing: share, flights and waiters are the parent's."""
        self._lock = threading.Lock()
        self._seats = deque()
        self._begin()

    def _measure_locked(self, measures: Measures) -> None:
        self._measures = self._foresight.measures = measures
        self._is_counted, self._is_bounded = measures.is_counted, measures.is_bounded
        self._demand.most = measures.most_ahead
        self._alone.measure(measures.largest)

    def now_s(self) -> float:
        """Return the time on the store's timeline."""
        return self._monotonic_s() + self._offset_s

    # --- what the store is asked and told ---------------------------------------------------------------------------

    @abstractmethod
    def _refill(self) -> None:
        """Ask the store for the next share. Blocks."""

    @abstractmethod
    def _sync(self) -> None:
        """Tell the store what is not told yet. Blocks.

        Raises:
            StoreUnavailable: It can't be told.
        """

    def _sync_soon(self, *, in_s: float = 0.0) -> None:
        self._background.ask(self._name, self._sync, in_s=in_s)

    # --- giving -----------------------------------------------------------------------------------------------------

    def acquire_nowait(self) -> Permit | None:
        """Take a permit from this process's shares, else None."""
        permit: GivenPermit | None = None
        try:
            with self._lock:
                permit = None if self._seats else self._take_locked()
        except BaseException:
            self._undo(permit)
            raise
        return permit

    def _undo(self, permit: Permit | None) -> None:
        """Give back a permit that an interrupt kept from its caller."""
        if permit is not None:
            self.give_back(permit)

    def _take_locked(self) -> GivenPermit | None:
        shares = self._shares
        while shares:
            share = shares[0]
            now_s = self._monotonic_s() + self._offset_s
            if share.left and now_s < share.gives_until_s:
                permit = share.give(now_s, counted=self._is_counted)
                self._flying += 1
                try:
                    self._demand.taken()
                    if share.left <= self._refill_at and len(shares) == 1 and not self._refilling:
                        self._refill_locked()
                except BaseException:
                    self._give_back_locked(share, permit)
                    raise
                return permit
            self._end_first_locked()
        return None

    def _end_first_locked(self) -> None:
        self._untold.over += [self._shares[0]]
        del self._shares[0]

    def _refill_locked(self) -> None:
        if self._asking or not self._demand.most or self._alone.is_down:
            return
        self._background.ask(f"{self._name} refill", self._refill)
        self._refilling = True

    def _end_shares_locked(self, now_s: float) -> None:
        while self._shares and (not self._shares[0].left or now_s >= self._shares[0].gives_until_s):
            self._end_first_locked()

    def _close_shares_locked(self) -> None:
        """Give nothing more from what is left; the store is told with the next exchange."""
        while self._shares:
            self._end_first_locked()

    # --- what becomes of a permit -----------------------------------------------------------------------------------

    def departed(self, permit: Permit) -> None:
        """Count a permit's request from now on."""
        permit.limit.departed(permit)

    def departed_from(self, share: Share, permit: Permit) -> None:
        """Count a request of a share's permit from now on."""
        with self._lock:
            now_s = self.now_s()
            if permit in share.out:
                self._depart_locked(share, now_s)
                del share.out[permit]
                self.horizon.departed(now_s - permit.stamp_s)

    def _depart_locked(self, share: Share, now_s: float) -> None:
        if share.told:
            self._untold.departed += [now_s]
            self._untold.held -= 1
            self._alone.count(now_s)
        else:
            if not share.departed_s:
                self._foresight.departed_late(share.began_s, now_s)
            share.departed_s += [now_s]

    def _land_locked(self, permit: GivenPermit) -> None:
        """End a flight, once."""
        if not permit.is_over:
            permit.is_over = True
            if self._flying > 0:
                self._flying -= 1
            self._alone.ended()

    def give_back(self, permit: Permit) -> None:
        """Undo a permit of whose request no byte has left."""
        giver = permit.limit
        if isinstance(giver, Share | Alone):
            giver.give_back(permit)
        if isinstance(giver, Alone):
            self._land_alone(permit)
            self._sync_soon(in_s=_SYNC_S)

    def _land_alone(self, permit: Permit) -> None:
        assert isinstance(permit, GivenPermit)  # noqa: S101  # as a process alone gives them
        with self._lock:
            if not permit.is_over:
                permit.is_over = True
                if self._flying > 0:
                    self._flying -= 1

    def give_back_to(self, share: Share, permit: Permit) -> None:
        """Undo a share's permit."""
        with self._lock:
            self._give_back_locked(share, permit)

    def _give_back_locked(self, share: Share, permit: Permit) -> None:
        assert isinstance(permit, GivenPermit)  # noqa: S101  # as shares give them
        if permit not in share.out:
            if permit.leaving:
                self._land_locked(permit)  # it has departed, so it counts
            return
        # One step: nothing is called in between, so no interrupt comes there.
        is_told = share.told
        if is_told:
            self._untold.released += 1
            self._untold.held -= 1
        else:
            share.left += 1
        if self._flying > 0:
            self._flying -= 1
        permit.is_over = True
        del share.out[permit]
        self._alone.ended()
        if is_told:
            self._alone.release()
            self._sync_soon()
            return
        if share not in self._shares:
            if self.now_s() < share.gives_until_s:
                self._untold.over.remove(share)
                self._shares.append(share)
            else:
                self._sync_soon()
        if self._seats:
            self._serve_locked()
            self._foresight.asks_s = -inf
            self._ring_leader_locked()

    def _dispose_locked(self, answer: Answer | None) -> None:
        if isinstance(answer, GivenPermit) and isinstance(answer.limit, Share):
            self._give_back_locked(answer.limit, answer)

    def finished(self, permit: Permit) -> None:
        """End the flight that a permit began; one that has not departed counts from now."""
        giver = permit.limit
        if isinstance(giver, Share | Alone):
            giver.finished(permit)
        if isinstance(giver, Alone):
            self._land_alone(permit)

    def finished_from(self, share: Share, permit: Permit) -> None:
        """End the flight of a share's permit."""
        with self._lock:
            assert isinstance(permit, GivenPermit)  # noqa: S101  # as shares give them
            if permit in share.out:
                self._depart_locked(share, self.now_s())
                del share.out[permit]
                permit.leaving = True
            if permit.leaving:
                self._land_locked(permit)
            elif not permit.is_over:
                permit.is_over = True
                self._alone.use()  # taken back when it lapsed
            if self._is_bounded and self._seats:
                self._foresight.asks_s = -inf
                self._ring_leader_locked()
        if self._is_bounded:
            self._sync_soon(in_s=_SYNC_S)
