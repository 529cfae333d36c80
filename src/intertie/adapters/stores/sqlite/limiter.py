"""A limit that all processes on the file share, spent in memory from short-lived shares."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from intertie.adapters.stores.blocking import blocks
from intertie.adapters.stores.errors import StoreLocked, StoreUnavailable
from intertie.adapters.stores.memory.limiter import MemoryLimiter
from intertie.adapters.stores.sqlite.background import Background
from intertie.adapters.stores.sqlite.combining import Answer, Combiner, Take
from intertie.adapters.stores.sqlite.database import patience
from intertie.adapters.stores.sqlite.limiter_store import LimiterStore, SharedState
from intertie.adapters.stores.sqlite.local_share import LocalShare
from intertie.adapters.stores.sqlite.owners import Owner
from intertie.adapters.stores.sqlite.problems import Problems
from intertie.adapters.stores.sqlite.timeline import Timeline
from intertie.core.clock import Clock
from intertie.core.forking import renew_after_fork
from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.runtime.policies.limiter.state import Ticket
from intertie.runtime.state import LimiterSnapshot, LimitRefusal, Offload, Permit, ServerHint

SHARE_S = 0.1
"""How long a share lives: so long, at most, a pause stays unknown to another process."""
MOST_SHARED = 100
_MOST_UNHEEDED = 1000
_DOWN_S = 1.0
_HUNG_S = 2.0
"""A lock that this process does not get in so long is held by one that hangs, and the store counts as down."""
_CROWDED_S = 0.1
_SYNC_S = 0.01
_PLAN_S = 0.05
"""How soon the others are told that this process runs another plan."""

_Answer = bool | Ticket | LimitRefusal


class _Seat:
    """What one caller was answered last."""

    __slots__ = ("answer", "stamp_s")

    def __init__(self) -> None:
        self.answer: _Answer | None = None
        self.stamp_s = 0.0


class SharedLimiter:
    """What the handles on one limit share; its own clock is the store's timeline.

    A caller takes from this process's share in memory. Without one, a transaction takes one permit, or a place in the
    line that all processes stand in, and with it a share as big as the last tenth of a second needed: at most 100
    permits, at most a tenth of a second of the limit, and no more than what is free divided by those who ask. A low
    limit hence has no shares and is exact and first come first served across processes; a high one costs a transaction
    per share.
    """

    def __init__(
        self,
        name: str,
        *,
        store: LimiterStore,
        owner: Owner,
        timeline: Timeline,
        clock: Clock,
        offload: Offload,
        background: Background,
        problems: Problems,
        store_down: str,
    ) -> None:
        self._name = name
        self._store = store
        self._owner = owner
        self._timeline = timeline
        self._clock = clock
        self._monotonic_s = clock.monotonic_s
        self._offset_s = timeline.offset_s
        self._offload = offload
        self._background = background
        self._problems = problems
        self._store_down = store_down
        self._lock = threading.Lock()
        self._measure_locked(store.plans.in_force())
        self._begin()
        renew_after_fork(self)

    def _begin(self) -> None:
        self._combiner: Combiner[SharedState] = Combiner(
            self._transact, offload=self._offload, monotonic_s=self._monotonic_s, busy=self._store.busy
        )
        self._share = LocalShare(self._most_shared, SHARE_S)
        self._flying = 0
        self._waiting = 0
        self._undone: list[float] = []
        self._left_line: list[int] = []
        self._row = 0
        self._room = 0
        self._told_s = float("-inf")
        self._paused_until_s = 0.0
        self._sharers = 1
        self._retry_at_s = 0.0
        self._locked_since_s: float | None = None
        self._fallback: MemoryLimiter | None = None
        self._outage: list[float] = []
        self._unheeded: list[tuple[ServerHint, float]] = []

    def after_fork_in_child(self) -> None:
        """Own nothing: share, flights and waiters are the parent's."""
        self._lock = threading.Lock()
        self._begin()

    # --- whose options hold ------------------------------------------------------------------------------------------

    def replan(self, plans: Sequence[LimiterOptions]) -> None:
        """Go on under these plans of this process, beside those of all others; the store is told soon."""
        with self._lock:
            self._store.plans.set_own(plans)
            self._measure_locked(self._store.plans.in_force())
            self._share.close()  # what is left of it was given under other plans
            self._share.most = self._most_shared
            fallback = self._fallback
        if fallback is not None:
            fallback.replan([fair_part(plan, self._sharers) for plan in self._plans])
        self._background.ask(self._name, self._sync, in_s=_PLAN_S)

    def _measure_locked(self, plans: tuple[LimiterOptions, ...]) -> None:
        self._plans = plans
        windows = [window for plan in plans for window in plan.windows]
        slowest = min((window.limit / window.window_s for window in windows), default=None)
        self._most_shared = MOST_SHARED if slowest is None else min(MOST_SHARED, int(slowest * SHARE_S))
        self._smallest = min((window.limit for window in windows), default=1 << 30)
        self._is_bounded = any(plan.concurrent is not None for plan in plans)
        self._retry_after_s = max(plan.retry_after_s for plan in plans)
        self._max_pause_s = max(plan.max_pause_s for plan in plans)

    # --- taking ---------------------------------------------------------------------------------------------------

    def acquire_nowait(self) -> Permit | None:
        """Take a permit from this process's share, else None."""
        with self._lock:
            share = self._share
            if share.left and not self._waiting:
                now_s = self._monotonic_s() + self._offset_s
                if now_s < share.end_s:
                    share.left -= 1
                    share.stamps.append(now_s)
                    self._flying += 1
                    return Permit(self, now_s)
        return None

    async def acquire(self, *, deadline_s: float, again: bool = False) -> Permit | LimitRefusal:  # noqa: ARG002  # none of ours lapses
        """Wait for a turn, first come first served, at most until `deadline_s` (monotonic)."""
        began_s = self._monotonic_s()
        permit = self.acquire_nowait()
        if permit is not None:
            return permit
        if self._is_down():
            return await self._without_store(deadline_s)
        with self._lock:
            self._waiting += 1
        seat = _Seat()
        try:
            await self._sit(seat, deadline_s, self._asking(deadline_s + self._offset_s))
            in_line = isinstance(seat.answer, Ticket)
            while isinstance(seat.answer, Ticket):
                await self._clock.sleep_until(seat.answer.turn_s - self._offset_s)
                await self._sit(seat, deadline_s, _looking(seat.answer.number))
            if seat.answer is None:
                return await self._without_store(deadline_s)
            if isinstance(seat.answer, LimitRefusal):
                return seat.answer
            # Asking the store takes a moment, too; only who stood in line has waited for a turn.
            waited_s = max(0.0, seat.stamp_s - self._offset_s - began_s) if in_line else 0.0
            permit = Permit(self, seat.stamp_s, waited_s=waited_s)
            return permit
        finally:
            with self._lock:
                self._waiting -= 1
                if permit is None:
                    self._dispose_locked(seat.answer, seat.stamp_s)

    def _asking(self, deadline_s: float) -> Callable[[SharedState, float], _Answer]:
        # Its name is made with a file, so it is read where the store is asked.
        return lambda state, now_s: state.limit.ask(now_s, deadline_s, self._owner.id)

    async def _sit(self, seat: _Seat, deadline_s: float, act: Callable[[SharedState, float], _Answer]) -> None:
        patience_s = patience(deadline_s - self._monotonic_s())
        try:
            answer, stamp_s = await self._combiner.ask(act, patience_s=patience_s, left=self._left)
        except StoreLocked as error:
            self._left((seat.answer, seat.stamp_s))
            if self._hangs(patience_s):
                self._go_down(error)
                seat.answer = None
            else:
                # Crowded, not down: going on alone beside all the others would pass the limit.
                seat.answer = LimitRefusal(_CROWDED_S, "store_busy")
            return
        except StoreUnavailable as error:
            self._left((seat.answer, seat.stamp_s))
            self._go_down(error)
            seat.answer = None
            return
        with self._lock:
            self._locked_since_s = None
        if not isinstance(answer, bool | Ticket | LimitRefusal):
            msg = f"the store answered {answer!r} to one who asked for a turn; please report this"
            raise TypeError(msg)
        seat.answer, seat.stamp_s = answer, stamp_s

    def _left(self, answer: Answer | None) -> None:
        """Free what a caller was answered who is not there, or not in line, any more."""
        if answer is not None:
            with self._lock:
                self._dispose_locked(*answer)

    def _hangs(self, waited_s: float) -> bool:
        """Return whether nobody of this process has got at the file for so long that another must hang."""
        now_s = self._monotonic_s()
        with self._lock:
            if self._locked_since_s is None:
                self._locked_since_s = now_s - waited_s
            return now_s - self._locked_since_s >= _HUNG_S

    def _dispose_locked(self, answer: object, stamp_s: float) -> None:
        """Free what was got for a caller who left."""
        if answer is True:
            self._flying = max(0, self._flying - 1)
            self._undone.append(stamp_s)
        elif isinstance(answer, Ticket):
            self._left_line.append(answer.number)
        else:
            return
        self._background.ask(self._name, self._sync)

    # --- one transaction for all who ask at once --------------------------------------------------------------------

    def _transact(self, take: Take[SharedState], patience_s: float) -> list[Answer]:
        owner = self._owner.id
        with self._store.change(patience_s=patience_s) as (state, now_s):
            with self._lock:
                self._share.close_if_over(now_s)
                settled = list(self._share.unsettled)
                undone, left_line, outage = list(self._undone), list(self._left_line), list(self._outage)
                unheeded = list(self._unheeded)
                flying, kept = self._flying, self._share.left
            limit = state.limit
            for number, stamps in settled:
                limit.settle(number, stamps)
            for number in left_line:
                limit.leave(number)
            limit.add_used(outage)
            plans, bounded = limit.plans, limit.is_bounded
            state.hold_places(owner, flying + (kept if bounded else 0))
            for stamp_s in undone:
                limit.undo(stamp_s)
            state.count_flights()
            for hint, at_s in unheeded:
                limit.observe(hint, min(at_s, now_s))
            answers = [(act(state, now_s), now_s) for act in take()]
            granted = sum(1 for answer, _ in answers if answer is True)
            sharers = state.active(owner, now_s)
            share = None
            if granted and not kept and not limit.line:
                with self._lock:
                    wanted = self._share.wanted(granted, now_s)
                end_s = limit.share_end_s(now_s, SHARE_S)
                count = min(wanted, limit.room(now_s) // sharers)
                if count > 1 and end_s - now_s > SHARE_S / 4:
                    share = limit.lease(count, now_s, end_s, owner)
            state.hold_places(owner, flying + granted + (kept + (share.count if share else 0) if bounded else 0))
            room = limit.room(now_s)
        with self._lock:
            # Committed: only now does what was told count as told.
            if plans != self._plans and plans == self._store.plans.in_force():
                self._measure_locked(plans)
                self._share.most = self._most_shared
            del self._share.unsettled[: len(settled)]
            del self._undone[: len(undone)]
            del self._left_line[: len(left_line)]
            del self._outage[: len(outage)]
            del self._unheeded[: len(unheeded)]
            self._flying += granted
            self._row, self._room, self._sharers = limit.throttled_in_row, room, sharers
            self._paused_until_s, self._told_s = limit.paused_until_s, now_s
            self._fallback = None
            if now_s < self._paused_until_s:
                self._share.close()
            elif share is not None:
                self._share.open(share.number, share.count, share.end_s, now_s)
            unspent_until_s = self._share.end_s if self._share.left else None
        self._problems.tell(self._name, None)
        if unspent_until_s is not None:
            # Asked again after each transaction: an earlier one, for a call that ended, has taken the place of this.
            self._background.ask(self._name, self._sync, in_s=max(0.0, unspent_until_s - now_s) + _SYNC_S)
        return answers

    def _sync(self) -> None:
        """Tell the store what is not told yet."""
        self._combiner.run(_nothing)

    # --- what callers tell ------------------------------------------------------------------------------------------

    def give_back(self, permit: Permit) -> None:
        """Undo a permit whose request was not sent."""
        with self._lock:
            self._flying = max(0, self._flying - 1)
            if self._fallback is not None and permit.stamp_s in self._outage:
                self._outage.remove(permit.stamp_s)
                self._fallback.give_back(Permit(self._fallback, permit.stamp_s - self._offset_s))
            elif permit.stamp_s in self._share.stamps:
                self._share.stamps.remove(permit.stamp_s)
                self._share.left += 1
            else:
                self._undone.append(permit.stamp_s)
                self._background.ask(self._name, self._sync)

    def now_s(self) -> float:
        """Return the time on the store's timeline."""
        return self._monotonic_s() + self._offset_s

    def departed(self, permit: Permit) -> None:
        """Count it as before: since it was given."""

    def finished(self, permit: Permit) -> None:
        """End the flight that a permit began."""
        with self._lock:
            self._flying = max(0, self._flying - 1)
            if self._fallback is not None:
                self._fallback.finished(permit)
        if self._is_bounded:
            self._background.ask(self._name, self._sync, in_s=_SYNC_S)

    async def observe(self, hint: ServerHint, *, deadline_s: float) -> float:
        """Let an answer steer the limit for all callers; return the pause now in force."""
        fallback = self._fallback
        if fallback is not None:
            return await fallback.observe(hint, deadline_s=deadline_s)
        now_s = self._timeline.now_s()
        tells = hint.throttled or hint.pause_s is not None or self._row > 0
        if hint.remaining is not None and hint.reset_s is not None:
            # Worth telling only where it is tighter than what is known to be free.
            fresh = now_s - self._told_s < SHARE_S
            known = self._room + self._share.left if fresh else self._smallest
            tells = tells or hint.remaining - self._flying < known
        if tells:
            with self._lock:
                self._share.close()  # unknown yet whether any of it may still be used

            def left(answer: Answer | None) -> None:
                if answer is None:
                    self._heed_alone(hint, now_s)

            try:
                await self._combiner.ask(
                    lambda state, at_s: state.limit.observe(hint, at_s),
                    patience_s=patience(deadline_s - self._monotonic_s()),
                    left=left,
                )
            except StoreUnavailable as error:
                self._problems.tell(self._name, str(error))
        return max(0.0, self._paused_until_s - now_s)

    def _heed_alone(self, hint: ServerHint, at_s: float) -> None:
        """Heed in this process what the store did not take, and tell it later."""
        with self._lock:
            if hint.throttled or hint.pause_s:
                pause_s = hint.pause_s if hint.pause_s is not None else self._retry_after_s
                self._paused_until_s = max(self._paused_until_s, at_s + min(pause_s, self._max_pause_s))
            if len(self._unheeded) < _MOST_UNHEEDED:
                self._unheeded.append((hint, at_s))
        self._background.ask(self._name, self._sync)

    @blocks
    def pause(self, seconds: float) -> None:
        """Pause by an operator's hand, for all who share the store.

        Raises:
            StoreUnavailable: The store can't be told.
        """
        with self._lock:
            self._share.close()
        self._combiner.run(lambda state, now_s: state.limit.pause_until(now_s + seconds, now_s))

    @blocks
    def resume(self) -> None:
        """Clear a pause for all who share the store.

        Raises:
            StoreUnavailable: The store can't be told.
        """
        self._combiner.run(lambda state, now_s: state.limit.resume(now_s))

    @blocks
    def snapshot(self) -> LimiterSnapshot:
        """Return the limit as all processes see it; this process's unused share counts as used."""
        fallback = self._fallback
        if fallback is not None:
            return fallback.snapshot()
        try:
            self._sync()
            state, now_s = self._store.look()
        except StoreUnavailable as error:
            self._go_down(error)
            return self._own_limiter().snapshot()
        return state.limit.snapshot(now_s)

    # --- while the store is down ------------------------------------------------------------------------------------

    def _is_down(self) -> bool:
        return self._fallback is not None and self._monotonic_s() < self._retry_at_s

    def _go_down(self, error: StoreUnavailable) -> None:
        self._own_limiter()
        self._problems.tell(self._name, f"{error} - until then {_STORE_DOWN[self._store_down]}")
        self._retry_at_s = self._monotonic_s() + _DOWN_S

    def _own_limiter(self) -> MemoryLimiter:
        """Return the limiter of this process alone: its part of the limit as last known, at the limit's pace."""
        with self._lock:
            if self._fallback is None:
                parts = [fair_part(plan, self._sharers) for plan in self._plans]
                self._fallback = MemoryLimiter(parts[0], self._clock, *parts[1:])
                self._fallback.begin_at_pace(self._paused_until_s - self._timeline.now_s())
            return self._fallback

    async def _without_store(self, deadline_s: float) -> Permit | LimitRefusal:
        if self._store_down == "refuse":
            return LimitRefusal(_DOWN_S, "store")
        if self._store_down == "allow":
            stamp_s, waited_s = self._timeline.now_s(), 0.0
        else:
            answer = await self._own_limiter().acquire(deadline_s=deadline_s)
            if isinstance(answer, LimitRefusal):
                return answer
            stamp_s, waited_s = answer.stamp_s + self._offset_s, answer.waited_s
        with self._lock:
            self._flying += 1
            self._outage.append(stamp_s)
        return Permit(self, stamp_s, waited_s=waited_s)

    def close(self) -> None:
        """Return the share and the places."""
        with self._lock:
            self._share.close()
            self._flying = 0
        self._sync()


_STORE_DOWN = {
    "fair_share": "this process keeps to its part of the limit as last known",
    "refuse": "calls are refused (store_down = refuse)",
    "allow": "calls are not limited (store_down = allow)",
}


def fair_part(options: LimiterOptions, sharers: int) -> LimiterOptions:
    """Return one of `sharers` equal parts of a limit; where less than one is left, one in a longer window.

    >>> fair_part(LimiterOptions((Window(1.0, 2), Window(60.0, 90))), 4).windows
    (Window(window_s=2.0, limit=1), Window(window_s=60.0, limit=22))
    """
    windows = []
    for window in options.windows:
        part = window.limit // sharers
        windows.append(Window(window.window_s, part) if part else Window(window.window_s * sharers / window.limit, 1))
    concurrent = None if options.concurrent is None else max(1, options.concurrent // sharers)
    return replace(options, windows=tuple(sorted(windows)), concurrent=concurrent)


def _looking(number: int) -> Callable[[SharedState, float], _Answer]:
    return lambda state, now_s: state.limit.look(number, now_s)


def _nothing(state: SharedState, now_s: float) -> object:  # noqa: ARG001
    return None
