"""A breaker that all processes on the file share, read from memory while it is closed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeAlias, TypeVar, cast

from intertie.adapters.stores.blocking import blocks
from intertie.adapters.stores.errors import StoreUnavailable
from intertie.adapters.stores.sqlite.background import Background
from intertie.adapters.stores.sqlite.combining import Answer, Combiner, Take
from intertie.adapters.stores.sqlite.database import Database, patience
from intertie.adapters.stores.sqlite.keys import COLUMNS, HERE, MARKS, values_of
from intertie.adapters.stores.sqlite.plan_rows import PlanRows
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
_SECOND_LOOK_S = 0.25
_PLAN_S = 0.05
_MOST_UNTOLD = 10_000
_SELECT = f"SELECT version, state FROM breaker WHERE {HERE} AND scope = ?"  # noqa: S608

T = TypeVar("T")
_Act: TypeAlias = Callable[[Circuit, float], T]


class SharedBreaker:
    """What the handles on one breaker share, on store time.

    Failures and the results of probes are stored before the caller goes on, unless its time is over first: then this
    process counts them, and the store is told in the background. Successes are told in the background where they change
    something, and nobody is told of those that don't.
    """

    def __init__(
        self,
        key: StateKey,
        scope: str,
        plans: PlanRows[BreakerOptions],
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
        self._plans = plans
        self._database = database
        self._timeline = timeline
        self._monotonic_s = clock.monotonic_s
        self._offload = offload
        self._background = background
        self._problems = problems
        self._circuit = Circuit(*plans.in_force())
        self._version = 0
        self._begin()
        renew_after_fork(self)

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._fresh_until_s = float("-inf")
        self._untold: list[tuple[Admission, Verdict | None]] = []
        self._changes = self._combiner(self._transact)
        self._looks = self._combiner(self._read)

    def _combiner(self, transact: Callable[[Take[Circuit], float], list[Answer]]) -> Combiner[Circuit]:
        return Combiner(transact, offload=self._offload, monotonic_s=self._monotonic_s, busy=self._database.busy)

    def after_fork_in_child(self) -> None:
        """Make free locks; what is not told yet is told by the parent."""
        self._begin()

    def replan(self, plans: Sequence[BreakerOptions]) -> None:
        """Go on under these plans of this process, beside those of all others; the store is told soon."""
        with self._lock:
            self._plans.set_own(plans)
            self._circuit = self._circuit.replanned(self._plans.in_force())
        self._background.ask(f"{self._name} plan", self._tell_plan, in_s=_PLAN_S)

    def _tell_plan(self) -> None:
        self._changes.run(_nothing)

    # --- asking ---------------------------------------------------------------------------------------------------

    def admit_nowait(self) -> Admission | None:
        """Return an admission where the breaker was closed within the last tenth of a second, else None."""
        with self._lock:
            if self._monotonic_s() < self._fresh_until_s and self._circuit.admits_all():
                return Admission(self._circuit.epoch)
        return None

    async def admit(self, *, lease_until_s: float) -> Admission | CircuitRefusal:
        """Ask for admission; a probe's lease ends at `lease_until_s` (monotonic)."""
        until_s = lease_until_s + self._timeline.offset_s
        answer = await self._look(lambda circuit, now_s: _without_probe(circuit, now_s, until_s), lease_until_s)
        if answer is not None:
            return answer

        def probe(circuit: Circuit, now_s: float) -> Admission | CircuitRefusal:
            return circuit.admit(now_s, until_s)

        try:
            patience_s = patience(lease_until_s - self._monotonic_s())
            answered = await self._changes.ask(probe, patience_s=patience_s, left=self._probe_left)
            try:
                return cast("Admission | CircuitRefusal", answered[0])
            except BaseException:
                self._probe_left(answered)  # an interrupt keeps it from its caller
                raise
        except StoreUnavailable as error:
            with self._lock:
                self._problems.tell(self._name, _alone(error))
                return probe(self._circuit, self._timeline.now_s())

    def _probe_left(self, answer: Answer | None) -> None:
        if answer is not None and isinstance(answer[0], Admission):
            self.release(answer[0])

    def still_admitted_nowait(self, admission: Admission) -> bool | None:
        """Return whether nothing opened since, None where what was read is older than a tenth of a second."""
        with self._lock:
            if self._monotonic_s() >= self._fresh_until_s:
                return None
            return self._circuit.still_admitted(admission)

    async def still_admitted(self, admission: Admission, *, deadline_s: float) -> bool:
        """Return whether nothing opened since; the caller holds a permit, so it waits for a moment at most."""
        until_s = min(deadline_s, self._monotonic_s() + 2 * _SECOND_LOOK_S)
        return await self._look(lambda circuit, _now_s: circuit.still_admitted(admission), until_s)

    async def _look(self, act: _Act[T], deadline_s: float) -> T:
        """Do what changes nothing to the breaker as it is in the store, or as this process last knew it."""
        try:
            answer, _ = await self._looks.ask(act, patience_s=patience(deadline_s - self._monotonic_s()))
            return cast("T", answer)
        except StoreUnavailable:  # it does not answer in time; what is wrong is said by the read that goes on
            with self._lock:
                return act(self._circuit, self._timeline.now_s())

    # --- telling --------------------------------------------------------------------------------------------------

    async def record(self, admission: Admission, verdict: Verdict, *, deadline_s: float) -> str | None:
        """Record how the attempt went; return the new state's name where it changed."""
        with self._lock:
            may_change = self._circuit.state != CLOSED or bool(verdict.failure)
        if not may_change:
            self.record_later(admission, verdict)
            return None
        changed: list[str | None] = []

        def left(answer: Answer | None) -> None:
            if answer is None:
                changed.append(self._record_alone(admission, verdict))

        try:
            patience_s = patience(deadline_s - self._monotonic_s())
            answer, _ = await self._changes.ask(
                lambda circuit, now_s: circuit.record(admission, verdict, now_s), patience_s=patience_s, left=left
            )
            return cast("str | None", answer)
        except StoreUnavailable as error:
            self._problems.tell(self._name, _alone(error))
            return changed[0] if changed else None

    def record_later(self, admission: Admission, verdict: Verdict) -> None:
        """Record how the attempt went: in memory now, in the store soon."""
        with self._lock:
            circuit = self._circuit
            if circuit.state == CLOSED and not verdict.failure:
                if verdict.failure is None or admission.epoch != circuit.epoch or circuit.forced is not None:
                    return
                if not circuit.counts_successes:
                    return
        self._record_alone(admission, verdict)

    def _record_alone(self, admission: Admission, verdict: Verdict) -> str | None:
        with self._lock:
            in_s = FRESH_S if self._circuit.state == CLOSED and not verdict.failure else 0.0
            changed = self._circuit.record(admission, verdict, self._timeline.now_s())
            self._tell_later_locked(admission, verdict)
        self._background.ask(self._name, self.tell, in_s=in_s)
        return changed

    def release(self, admission: Admission) -> None:
        """End an admission whose attempt was never sent: in memory now, in the store soon."""
        if admission.probe is None:
            return  # nothing is held while closed
        with self._lock:
            self._circuit.release(admission)
            self._tell_later_locked(admission, None)
        self._background.ask(self._name, self.tell)

    def _tell_later_locked(self, admission: Admission, verdict: Verdict | None) -> None:
        # A store that is down for so long must not eat the memory; what it is not told, this process has counted.
        if len(self._untold) < _MOST_UNTOLD:
            self._untold.append((admission, verdict))

    def tell(self) -> None:
        """Tell the store what it is not told yet.

        Raises:
            StoreUnavailable: It stays to be told.
        """
        if self._untold:
            self._changes.run(_nothing)

    def known(self) -> BreakerSnapshot:
        """Return the breaker as this process last knew it."""
        with self._lock:
            return self._circuit.snapshot(self._timeline.now_s())

    # --- an operator's hand ---------------------------------------------------------------------------------------

    @blocks
    def force(self, state: str | None) -> None:
        """Hold it `open` or `closed` for all who share the store; None lets it decide again.

        Raises:
            StoreUnavailable: The others can't be told.
        """
        self._changes.run(lambda circuit, _now_s: circuit.force(state))

    @blocks
    def snapshot(self) -> BreakerSnapshot:
        """Return the breaker as it is now."""
        self._refresh()
        return self.known()

    # --- the store ------------------------------------------------------------------------------------------------

    def _transact(self, take: Take[Circuit], patience_s: float) -> list[Answer]:
        """Change the breaker as it is in the store, within one transaction.

        The lock of what is in memory is never held meanwhile, so that nobody who only looks waits for a disk.
        """
        with self._database.write(patience_s=patience_s) as connection:
            row = connection.execute(_SELECT, self._here).fetchone()
            circuit = Circuit(*self._plans.read(connection))
            version, before = row or (0, b"")
            if before:
                circuit.load(before)
            now_s = self._timeline.now_s()
            with self._lock:
                untold = list(self._untold)
            _tell(circuit, untold, now_s)
            answers = [(act(circuit, now_s), now_s) for act in take()]
            after = circuit.dump()
            if after != before:
                version += 1
                connection.execute(
                    f"INSERT OR REPLACE INTO breaker ({COLUMNS}, scope, version, state) "  # noqa: S608
                    f"VALUES ({MARKS}, ?, ?, ?)",
                    (*self._here, version, after),
                )
        with self._lock:
            del self._untold[: len(untold)]
            if version >= self._version:  # another thread's later read may have come first to here
                _tell(circuit, self._untold, now_s)
                self._circuit, self._version = circuit, version
            self._fresh_until_s = self._monotonic_s() + FRESH_S
            self._problems.tell(self._name, None)
        return answers

    def _read(self, take: Take[Circuit], patience_s: float) -> list[Answer]:  # noqa: ARG002  # a read waits for no lock
        self._refresh()
        acts = take()
        with self._lock:
            now_s = self._timeline.now_s()
            return [(act(self._circuit, now_s), now_s) for act in acts]

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
                circuit = Circuit(*self._plans.in_force())
                circuit.load(rows[0][1])
                _tell(circuit, self._untold, self._timeline.now_s())
                self._circuit, self._version = circuit, rows[0][0]
            self._fresh_until_s = self._monotonic_s() + FRESH_S
            self._problems.tell(self._name, None)


def _without_probe(circuit: Circuit, now_s: float, lease_until_s: float) -> Admission | CircuitRefusal | None:
    """Return what needs no transaction: an admission while closed, a refusal; None where a probe may be let out."""
    if circuit.admits_all():
        return Admission(circuit.epoch)
    return None if circuit.may_probe(now_s) else circuit.admit(now_s, lease_until_s)


def _tell(circuit: Circuit, results: list[tuple[Admission, Verdict | None]], now_s: float) -> None:
    for admission, verdict in results:
        if verdict is None:
            circuit.release(admission)
        else:
            circuit.record(admission, verdict, now_s)


def _nothing(_circuit: Circuit, _now_s: float) -> None:
    return


def _alone(error: StoreUnavailable) -> str:
    return f"{error} - until then this process decides on its breaker alone"
