"""What answers and operators say of a shared limit, for all who share it."""

from __future__ import annotations

from intertie.adapters.stores.shared.asking import Asking
from intertie.adapters.stores.shared.measures import SHARE_S
from intertie.adapters.stores.shared.store import PATIENCE_S, patience
from intertie.adapters.stores.shared.untold import Note
from intertie.runtime.policies.limiter.commands import Command, PauseFor, Resume
from intertie.runtime.state import ServerHint


class Steering(Asking):
    """Tells the store of hints, pauses and their ends, and heeds them meanwhile."""

    async def observe(self, hint: ServerHint, *, deadline_s: float) -> float:
        """Let an answer steer the limit for all callers; return the pause now in force."""
        alone, now_s = self._alone.limiter, self.now_s()
        if alone is not None:
            if self._tells(hint, now_s):
                with self._lock:
                    self._untold.note(Note(hint, now_s, self._clock.bell()))  # the store hears of it once it is back
                self._heed_alone(hint, now_s)
            return await alone.observe(hint, deadline_s=deadline_s)
        if self._tells(hint, now_s):
            note = Note(hint, now_s, self._clock.bell())
            with self._lock:
                self._close_shares_locked()  # unknown yet whether any of it may still be used
                self._foresight.forget()
                self._untold.note(note)
            try:
                await self._told(note, self._monotonic_s() + patience(deadline_s - self._monotonic_s()))
            finally:
                if not note.is_told:
                    self._heed_alone(hint, now_s)
        return max(0.0, self._foresight.paused_until_s - now_s)

    def _tells(self, hint: ServerHint, now_s: float) -> bool:
        seen = self._foresight.seen
        if hint.throttled or hint.pause_s is not None or self._foresight.in_row:
            return True
        if hint.remaining is None or hint.reset_s is None:
            return False
        # Worth telling only where it is tighter than what is known to be free.
        with self._lock:
            kept = sum(share.left for share in self._shares)
        fresh = seen is not None and now_s - self._foresight.seen_s < SHARE_S
        known = seen.room + kept if seen is not None and fresh else self._measures.smallest
        return hint.remaining - self._flying < known

    async def _told(self, note: Note, until_s: float) -> None:
        while not (note.is_told or note.has_failed) and self._monotonic_s() < until_s:
            starts = False
            try:
                with self._lock:
                    if not self._asking:
                        self._asking_since_s = self._monotonic_s()
                        self._asking = starts = True
                if starts:
                    await self._ask_soon(until_s - self._monotonic_s())
            except BaseException:
                if starts:
                    self._stop_asking()
                raise
            if not (note.is_told or note.has_failed):
                await note.bell.wait_until(until_s, working=self._is_at_work())

    def _heed_alone(self, hint: ServerHint, at_s: float) -> None:
        """Heed in this process what the store did not take; it is told later."""
        with self._lock:
            if hint.throttled or hint.pause_s:
                plans = self._measures.plans
                pause_s = hint.pause_s if hint.pause_s is not None else max(plan.retry_after_s for plan in plans)
                until_s = at_s + min(pause_s, max(plan.max_pause_s for plan in plans))
                self._foresight.paused_until_s = max(self._foresight.paused_until_s, until_s)
        self._sync_soon()

    def pause(self, seconds: float) -> None:
        """Pause by an operator's hand, for all who share the store. Blocks.

        Raises:
            StoreUnavailable: The store can't be told.
        """
        self._steer(PauseFor((self._store.key,), seconds))

    def resume(self) -> None:
        """Clear a pause for all who share the store. Blocks.

        Raises:
            StoreUnavailable: The store can't be told.
        """
        self._steer(Resume((self._store.key,)))

    def _steer(self, command: Command) -> None:
        with self._lock:
            self._close_shares_locked()
        self._store.run(lambda _: [command], patience_s=PATIENCE_S)
        with self._lock:
            if isinstance(command, Resume):
                self._foresight.paused_until_s = 0.0
            self._foresight.forget()
            self._ring_leader_locked()
