# ruff: noqa: D102, ARG002  # one surface, documented once on `Mode`; not every state needs every argument
"""The circuit breaker as a pure state machine: closed, open and half-open are three small objects behind one surface.

| state | admits | failure | success | time |
|---|---|---|---|---|
| closed | all | counts; opens at the threshold | consecutive: starts anew; ratio: counts | |
| open | nobody | ignored | ignored | after `open_s`: half-open at the next ask |
| half-open | `half_open_requests` probes | opens again | counts; closes at `success_threshold` | leases end |

Every change of state begins an epoch, and results from an earlier one are ignored.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Protocol

import msgspec

from intertie.runtime.policies.breaker.options import BreakerOptions
from intertie.runtime.state import Admission, BreakerSnapshot, CircuitRefusal, Verdict

CLOSED, OPEN, HALF_OPEN = "closed", "open", "half_open"
FULL_RETRY_S = 0.1
"""What a refusal suggests where probes are out whose leases have no known end."""


class Mode(Protocol):
    """One state of the breaker: it answers, and says the name of the next state where one follows."""

    name: str

    def admit(self, now_s: float, lease_until_s: float, epoch: int) -> Admission | CircuitRefusal | str:
        """Return an admission, a refusal, or the name of the state to change to first."""

    def record(self, admission: Admission, *, failure: bool) -> str | None:
        """Count a result; return the name of the state that follows, None where it stays."""

    def release(self, admission: Admission) -> None:
        """End an admission that came to nothing."""


class Terms:
    """What several plans come to that hold at once: the strictest of each, and every trigger of every plan."""

    def __init__(self, plans: Sequence[BreakerOptions]) -> None:
        self.plans = tuple(plans)
        self.open_s = max(plan.open_s for plan in plans)
        self.half_open_requests = max(1, min(plan.half_open_requests for plan in plans))
        self.success_threshold = max(plan.success_threshold for plan in plans)
        by_ratio = [plan for plan in plans if plan.failure_ratio is not None]
        # A plan with a ratio has no threshold, whatever stands there.
        in_row = [plan.failure_threshold for plan in plans if plan.failure_ratio is None]
        self.threshold = min((threshold for threshold in in_row if threshold is not None), default=None)
        self.ratios = tuple(dict.fromkeys((p.failure_ratio or 0.0, p.window, p.minimum_calls) for p in by_ratio))
        self.window = max((plan.window for plan in by_ratio), default=1)

    def trip(self, in_row: int, results: Sequence[bool]) -> bool:
        """Return whether the last result, a failure, opens it; the newest result stands last."""
        if self.threshold is not None and in_row >= self.threshold:
            return True
        for ratio, window, minimum_calls in self.ratios:
            last = list(results)[-max(1, window) :]
            # Compared as whole numbers against ratio * calls, so that 50 % of 10 is 5 and not 5.000000001.
            if len(last) >= minimum_calls and sum(last) >= ratio * len(last) - 1e-9:
                return True
        return False


class Closed:
    """Counts failures in a row, and with a ratio their share among the last calls."""

    name = CLOSED

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self.in_row = 0
        self.results: deque[bool] = deque(maxlen=max(1, terms.window))

    def admit(self, now_s: float, lease_until_s: float, epoch: int) -> Admission | CircuitRefusal | str:
        return Admission(epoch)

    def record(self, admission: Admission, *, failure: bool) -> str | None:
        if self._terms.ratios:
            self.results.append(failure)
        self.in_row = self.in_row + 1 if failure else 0
        return OPEN if failure and self._terms.trip(self.in_row, self.results) else None

    def release(self, admission: Admission) -> None:
        return  # nothing is held while closed

    @property
    def failures(self) -> int:
        """Failures that count now."""
        if not self._terms.ratios:
            return self.in_row
        return sum(self.results) if self._terms.threshold is None else max(self.in_row, sum(self.results))


class Open:
    """Refuses for `open_s` from when it opened."""

    name = OPEN

    def __init__(self, opened_s: float, open_s: float) -> None:
        self.opened_s = opened_s
        self.until_s = opened_s + open_s

    def admit(self, now_s: float, lease_until_s: float, epoch: int) -> Admission | CircuitRefusal | str:
        return HALF_OPEN if now_s >= self.until_s else CircuitRefusal(OPEN, self.until_s - now_s)

    def record(self, admission: Admission, *, failure: bool) -> str | None:
        return None  # nobody was admitted in this epoch

    def release(self, admission: Admission) -> None:
        return  # nothing is held while open


class HalfOpen:
    """Lets probes through, each for as long as its lease."""

    name = HALF_OPEN

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self.probes: dict[str, float] = {}
        self.successes = 0
        self.given = 0

    def forget_ended(self, now_s: float) -> None:
        """End the leases whose time is over."""
        for probe in [probe for probe, until_s in self.probes.items() if until_s <= now_s]:
            del self.probes[probe]

    def admit(self, now_s: float, lease_until_s: float, epoch: int) -> Admission | CircuitRefusal | str:
        self.forget_ended(now_s)
        if len(self.probes) >= self._terms.half_open_requests:
            return CircuitRefusal(HALF_OPEN, max(0.0, min(self.probes.values()) - now_s))
        self.given += 1
        admission = Admission(epoch, f"{epoch}.{self.given}")
        self.probes[admission.probe] = lease_until_s  # type: ignore[index]  # just given
        return admission

    def record(self, admission: Admission, *, failure: bool) -> str | None:
        # A result counts even when its lease just ended: a timeout is told a moment after the deadline it ran into.
        self.release(admission)
        if failure:
            return OPEN
        self.successes += 1
        return CLOSED if self.successes >= self._terms.success_threshold else None

    def release(self, admission: Admission) -> None:
        if admission.probe is not None:
            self.probes.pop(admission.probe, None)


class Circuit:
    """The breaker of one key: its current state object, its epoch, and what an operator holds it at.

    While several plans hold, `beside` has the others, and the strictest of each field holds.
    """

    def __init__(self, options: BreakerOptions, *beside: BreakerOptions) -> None:
        self.terms = Terms((options, *beside))
        self.mode: Closed | Open | HalfOpen = Closed(self.terms)
        self.epoch = 1
        self.forced: str | None = None

    @property
    def state(self) -> str:
        """`closed`, `open` or `half_open`, as seen by callers."""
        return self.forced or self.mode.name

    def admits_all(self) -> bool:
        """Return whether it is closed, so that nobody has to ask."""
        return self.state == CLOSED

    def admit(self, now_s: float, lease_until_s: float) -> Admission | CircuitRefusal:
        """Return an admission or a refusal; goes half-open where the time has come."""
        if self.forced == OPEN:
            return CircuitRefusal(OPEN, self.terms.open_s, forced=True)
        if self.forced == CLOSED:
            return Admission(self.epoch)
        answer: Admission | CircuitRefusal | str = ""
        try:
            answer = self.mode.admit(now_s, lease_until_s, self.epoch)
            if isinstance(answer, str):
                self._change(answer, now_s)
                answer = self.mode.admit(now_s, lease_until_s, self.epoch)
            is_final = not isinstance(answer, str)
        except BaseException:
            if isinstance(answer, Admission):
                self.release(answer)  # an interrupt keeps it from its caller
            raise
        if not is_final:
            msg = f"the breaker changed twice at once, last to {answer}; please report this"
            raise TypeError(msg)
        return answer  # type: ignore[return-value]  # it is final

    def may_probe(self, now_s: float) -> bool:
        """Return whether the next one who asks may be let out as a probe; where it is not closed."""
        snapshot = self.snapshot(now_s)
        if snapshot.forced is not None:
            return False
        return snapshot.opens_for_s <= 0 and snapshot.probes < self.terms.half_open_requests

    @property
    def counts_successes(self) -> bool:
        """Whether a success says something while it is closed: with a ratio always, else where failures are counted."""
        return isinstance(self.mode, Closed) and (bool(self.terms.ratios) or self.mode.failures > 0)

    def still_admitted(self, admission: Admission) -> bool:
        """Return whether nothing opened since."""
        return self.state != OPEN and (admission.epoch == self.epoch or self.state == CLOSED)

    def record(self, admission: Admission, verdict: Verdict, now_s: float) -> str | None:
        """Count a result of this epoch; return the new state's name where it changed."""
        if admission.epoch != self.epoch or self.forced is not None:
            return None
        if verdict.failure is None:
            self.mode.release(admission)
            return None
        following = self.mode.record(admission, failure=verdict.failure)
        if following is not None:
            self._change(following, now_s)
        return following

    def release(self, admission: Admission) -> None:
        """End an admission whose attempt was never sent."""
        if admission.epoch == self.epoch:
            self.mode.release(admission)

    def force(self, state: str | None) -> None:
        """Hold it `open` or `closed`; None lets it decide again, from closed with nothing counted."""
        if state not in (OPEN, CLOSED, None):
            msg = f"a breaker can be forced 'open' or 'closed', or left to itself with None, not {state!r}"
            raise ValueError(msg)
        self.forced = state
        self.epoch += 1
        self.mode = Closed(self.terms)

    def replanned(self, plans: Sequence[BreakerOptions]) -> Circuit:
        """Return the breaker under other plans, with all that happened."""
        after = Circuit(*plans)
        after.load(self.dump())
        return after

    def _change(self, state: str, now_s: float) -> None:
        mode: Closed | Open | HalfOpen
        if state == OPEN:
            mode = Open(now_s, self.terms.open_s)
        elif state == HALF_OPEN:
            mode = HalfOpen(self.terms)
        else:
            mode = Closed(self.terms)
        self.epoch += 1
        self.mode = mode  # no interrupt comes between the two

    def snapshot(self, now_s: float) -> BreakerSnapshot:
        """Return the breaker as it is at `now_s`."""
        mode = self.mode
        failures = mode.failures if isinstance(mode, Closed) else 0
        successes, probes = 0, 0
        if isinstance(mode, HalfOpen):
            mode.forget_ended(now_s)
            successes, probes = mode.successes, len(mode.probes)
        opens_for_s = max(0.0, mode.until_s - now_s) if isinstance(mode, Open) and self.forced is None else 0.0
        return BreakerSnapshot(self.state, failures, successes, probes, opens_for_s, self.forced, self.epoch)

    def dump(self) -> bytes:
        """Return everything as bytes, for `load`."""
        mode = self.mode
        kept = _Kept(self.epoch, self.forced, mode.name)
        if isinstance(mode, Closed):
            kept.in_row, kept.results = mode.in_row, list(mode.results)
        elif isinstance(mode, Open):
            kept.until_s, kept.opened_s = mode.until_s, mode.opened_s
        else:
            kept.probes, kept.successes, kept.given = mode.probes, mode.successes, mode.given
        return msgspec.msgpack.encode(kept)

    def load(self, dumped: bytes) -> None:
        """Restore what `dump` returned."""
        kept = msgspec.msgpack.decode(dumped, type=_Kept)
        self.epoch, self.forced = kept.epoch, kept.forced
        if kept.mode == OPEN:
            # An older version did not write down when it opened: then it opens when it was to.
            opened_s = kept.until_s - self.terms.open_s if kept.opened_s is None else kept.opened_s
            self.mode = Open(opened_s, self.terms.open_s)
        elif kept.mode == HALF_OPEN:
            half_open = HalfOpen(self.terms)
            half_open.probes, half_open.successes, half_open.given = kept.probes, kept.successes, kept.given
            self.mode = half_open
        else:
            closed = Closed(self.terms)
            closed.in_row = kept.in_row
            closed.results.extend(kept.results)
            self.mode = closed


class _Kept(msgspec.Struct):
    epoch: int
    forced: str | None
    mode: str
    in_row: int = 0
    results: list[bool] = []
    until_s: float = 0.0
    probes: dict[str, float] = {}
    successes: int = 0
    given: int = 0
    opened_s: float | None = None
