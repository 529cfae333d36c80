"""A breaker that all processes on the file share, read from memory while it is closed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import TypeAlias, TypeVar

from intertie.adapters.stores.errors import StoreUnavailable
from intertie.adapters.stores.sqlite.background import Background
from intertie.adapters.stores.sqlite.database import BUSY_S, Database, patience
from intertie.adapters.stores.sqlite.keys import COLUMNS, HERE, MARKS, values_of
from intertie.adapters.stores.sqlite.problems import Problems
from intertie.adapters.stores.sqlite.timeline import Timeline
from intertie.core.clock import Clock
from intertie.core.forking import renew_after_fork
from intertie.runtime.policies.breaker.options import BreakerOptions
from intertie.runtime.policies.breaker.state import CLOSED, Circuit
from intertie.runtime.state import Admission, BreakerSnapshot, CircuitRefusal, Offload, Verdict
from intertie.runtime.state_key import StateKey

FRESH_S = 0.1
"""How long what was last read may be relied on: so long, at most, an opening stays unknown to another process."""
_INLINE_PATIENCE_S = 0.05
_SUCCESS = Verdict(failure=False)
_SELECT = f"SELECT version, state FROM breaker WHERE {HERE} AND scope = ?"  # noqa: S608

T = TypeVar("T")
_Act: TypeAlias = Callable[[Circuit, float], T]


class SharedBreaker:
    """A `BreakerHandle` on store time.

    Failures are stored at once, and successes where they change something: in half-open, or where failures were
    counted. With a ratio, where every success counts, those of closed times are stored in groups.
    """

    def __init__(
        self,
        key: StateKey,
        scope: str,
        options: BreakerOptions,
        *,
        database: Database,
        timeline: Timeline,
        clock: Clock,
        offload: Offload,
        background: Background,
        problems: Problems,
    ) -> None:
        self._name = f"breaker {scope} {key!r}"
        self._here = (*values_of(key), scope)
        self._options = options
        self._database = database
        self._timeline = timeline
        self._monotonic_s = clock.monotonic_s
        self._offload = offload
        self._background = background
        self._problems = problems
        self._lock = threading.Lock()
        self._circuit = Circuit(options)
        self._version = 0
        self._fresh_until_s = float("-inf")
        self._untold = 0
        renew_after_fork(self)

    def after_fork_in_child(self) -> None:
        """Make a free lock; untold successes are told by the parent."""
        self._lock = threading.Lock()
        self._untold = 0
        self._fresh_until_s = float("-inf")

    # --- asking ---------------------------------------------------------------------------------------------------

    def admit_nowait(self) -> Admission | None:
        """Return an admission where the breaker was closed within the last tenth of a second, else None."""
        with self._lock:
            if self._monotonic_s() < self._fresh_until_s and self._circuit.admits_all():
                return Admission(self._circuit.epoch)
        return None

    async def admit(self, *, lease_until_s: float) -> Admission | CircuitRefusal:
        """Ask for admission; a probe's lease ends at `lease_until_s` (monotonic)."""
        return await self._offload(partial(self._admit, lease_until_s + self._timeline.offset_s))

    def _admit(self, lease_until_s: float) -> Admission | CircuitRefusal:
        self._refresh()
        with self._lock:
            if self._circuit.admits_all():
                return Admission(self._circuit.epoch)
            now_s = self._timeline.now_s()
            refusal = None if self._may_probe_locked(now_s) else self._circuit.admit(now_s, lease_until_s)
        if refusal is not None:
            return refusal
        try:
            return self._change(
                lambda circuit, at_s: circuit.admit(at_s, lease_until_s), patience_s=patience(lease_until_s - now_s)
            )
        except StoreUnavailable as error:
            with self._lock:
                self._problems.tell(self._name, _alone(error))
                return self._circuit.admit(self._timeline.now_s(), lease_until_s)

    def _may_probe_locked(self, now_s: float) -> bool:
        # Only what would take a probe or change the state needs a transaction; a refusal is answered from what was
        # read.
        snapshot = self._circuit.snapshot(now_s)
        if snapshot.forced is not None:
            return False
        return snapshot.opens_for_s <= 0 and snapshot.probes < max(1, self._options.half_open_requests)

    def still_admitted(self, admission: Admission) -> bool:
        """Return whether nothing opened since."""
        if self._monotonic_s() >= self._fresh_until_s:
            self._refresh()
        with self._lock:
            return self._circuit.still_admitted(admission)

    # --- telling --------------------------------------------------------------------------------------------------

    def record(self, admission: Admission, verdict: Verdict) -> str | None:
        """Tell how the attempt went; return the new state's name where it changed."""
        with self._lock:
            circuit = self._circuit
            if circuit.state == CLOSED and not verdict.failure:
                if verdict.failure is None or admission.epoch != circuit.epoch or circuit.forced is not None:
                    return None
                if self._options.failure_ratio is not None:
                    circuit.record(admission, verdict, self._timeline.now_s())
                    self._untold += 1
                    self._background.ask(self._name, self.tell, in_s=FRESH_S)
                    return None
                if not circuit.snapshot(0.0).failures:
                    return None
        return self._inline(admission, verdict)

    def _inline(self, admission: Admission, verdict: Verdict) -> str | None:
        try:
            return self._change(
                lambda circuit, now_s: circuit.record(admission, verdict, now_s), patience_s=_INLINE_PATIENCE_S
            )
        except StoreUnavailable as error:
            with self._lock:
                self._problems.tell(self._name, _alone(error))
                changed = self._circuit.record(admission, verdict, self._timeline.now_s())
            name = f"{self._name} {id(admission)}"
            self._background.ask(name, lambda: self._record_later(admission, verdict))
            return changed

    def _record_later(self, admission: Admission, verdict: Verdict) -> None:
        self._change(lambda circuit, now_s: circuit.record(admission, verdict, now_s))

    def release(self, admission: Admission) -> None:
        """End an admission whose attempt was never sent."""
        if admission.probe is None:
            return  # nothing is held while closed
        try:
            self._change(_releasing(admission), patience_s=_INLINE_PATIENCE_S)
        except StoreUnavailable:
            self._background.ask(f"{self._name} {admission.probe}", lambda: self._release_later(admission))

    def _release_later(self, admission: Admission) -> None:
        self._change(_releasing(admission))

    def tell(self) -> None:
        """Store the successes that are not stored yet."""
        with self._lock:
            untold = self._untold
        if untold:
            self._change(lambda _circuit, _now_s: None)

    def force(self, state: str | None) -> None:
        """Hold it `open` or `closed` for all who share the store; None lets it decide again.

        Raises:
            StoreUnavailable: The others can't be told.
        """
        self._change(lambda circuit, _now_s: circuit.force(state))

    def snapshot(self) -> BreakerSnapshot:
        """Return the breaker as it is now."""
        self._refresh()
        with self._lock:
            return self._circuit.snapshot(self._timeline.now_s())

    # --- the store ------------------------------------------------------------------------------------------------

    def _change(self, act: _Act[T], *, patience_s: float = BUSY_S) -> T:
        """Do something to the breaker as it is in the store, within one transaction.

        The lock of what is in memory is never held meanwhile, so that nobody who only looks waits for a disk.
        """
        circuit = Circuit(self._options)
        with self._database.write(patience_s=patience_s) as connection:
            row = connection.execute(_SELECT, self._here).fetchone()
            version, before = row or (0, b"")
            if before:
                circuit.load(before)
            now_s = self._timeline.now_s()
            with self._lock:
                untold = self._untold
                self._add_untold_locked(circuit, now_s)
            answer = act(circuit, now_s)
            after = circuit.dump()
            if after != before:
                version += 1
                connection.execute(
                    f"INSERT OR REPLACE INTO breaker ({COLUMNS}, scope, version, state) "  # noqa: S608
                    f"VALUES ({MARKS}, ?, ?, ?)",
                    (*self._here, version, after),
                )
        with self._lock:
            self._untold -= untold
            if version >= self._version:  # another thread's later transaction may have come first to here
                self._circuit, self._version = circuit, version
            self._fresh_until_s = self._monotonic_s() + FRESH_S
            self._problems.tell(self._name, None)
        return answer

    def _add_untold_locked(self, circuit: Circuit, now_s: float) -> None:
        if circuit.epoch == self._circuit.epoch:
            for _ in range(min(self._untold, self._options.window)):
                circuit.record(Admission(circuit.epoch), _SUCCESS, now_s)

    def _refresh(self) -> None:
        """Read what others did."""
        try:
            rows = self._database.read(_SELECT, self._here)
        except StoreUnavailable as error:
            with self._lock:
                self._problems.tell(self._name, _alone(error))
                self._fresh_until_s = self._monotonic_s() + FRESH_S
            return
        with self._lock:
            if rows and rows[0][0] > self._version:
                circuit = Circuit(self._options)
                circuit.load(rows[0][1])
                self._add_untold_locked(circuit, self._timeline.now_s())
                self._circuit, self._version = circuit, rows[0][0]
            self._fresh_until_s = self._monotonic_s() + FRESH_S
            self._problems.tell(self._name, None)


def _releasing(admission: Admission) -> _Act[None]:
    return lambda circuit, _now_s: circuit.release(admission)


def _alone(error: StoreUnavailable) -> str:
    return f"{error} - until then this process decides on its breaker alone"
