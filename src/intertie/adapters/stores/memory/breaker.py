"""The breaker of one process, in memory."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from intertie.core.clock import Clock
from intertie.core.forking import renew_after_fork
from intertie.runtime.policies.breaker.options import BreakerOptions
from intertie.runtime.policies.breaker.state import Circuit
from intertie.runtime.state import Admission, BreakerSnapshot, CircuitRefusal, Verdict


class MemoryBreaker:
    """What the handles on one breaker share, for the threads and tasks of this process."""

    def __init__(self, options: BreakerOptions, clock: Clock) -> None:
        self._now_s = clock.monotonic_s
        self._circuit = Circuit(options)
        self._lock = threading.Lock()
        renew_after_fork(self)

    def after_fork_in_child(self) -> None:
        """Make a free lock."""
        self._lock = threading.Lock()

    def replan(self, plans: Sequence[BreakerOptions]) -> None:
        """Go on under these plans, with what was counted before."""
        with self._lock:
            if plans:
                self._circuit = self._circuit.replanned(plans)

    def admit_nowait(self) -> Admission | None:
        """Return an admission where the breaker is closed, else None."""
        with self._lock:
            return Admission(self._circuit.epoch) if self._circuit.admits_all() else None

    async def admit(self, *, lease_until_s: float) -> Admission | CircuitRefusal:
        """Ask for admission; a probe's lease ends at `lease_until_s` (monotonic)."""
        asked: Admission | CircuitRefusal | None = None
        try:
            with self._lock:
                asked = self._circuit.admit(self._now_s(), lease_until_s)
        except BaseException:
            if isinstance(asked, Admission):
                self.release(asked)  # an interrupt keeps it from its caller
            raise
        return asked

    def still_admitted_nowait(self, admission: Admission) -> bool:
        """Return whether nothing opened since."""
        with self._lock:
            return self._circuit.still_admitted(admission)

    async def still_admitted(self, admission: Admission, *, deadline_s: float) -> bool:  # noqa: ARG002  # at once
        """Return whether nothing opened since."""
        return self.still_admitted_nowait(admission)

    async def record(self, admission: Admission, verdict: Verdict, *, deadline_s: float) -> str | None:  # noqa: ARG002
        """Record how the attempt went; return the new state's name where it changed."""
        with self._lock:
            return self._circuit.record(admission, verdict, self._now_s())

    def record_later(self, admission: Admission, verdict: Verdict) -> None:
        """Record how the attempt went."""
        with self._lock:
            self._circuit.record(admission, verdict, self._now_s())

    def release(self, admission: Admission) -> None:
        """End an admission whose attempt was never sent."""
        with self._lock:
            self._circuit.release(admission)

    def known(self) -> BreakerSnapshot:
        """Return the breaker as it is now."""
        return self.snapshot()

    def force(self, state: str | None) -> None:
        """Hold it `open` or `closed`; None lets it decide again."""
        with self._lock:
            self._circuit.force(state)

    def snapshot(self) -> BreakerSnapshot:
        """Return the breaker as it is now."""
        with self._lock:
            return self._circuit.snapshot(self._now_s())
