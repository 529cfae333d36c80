"""The limiter as a pure state machine: rules, pauses, places in flight, and shares that are out.

Numbers in, decision out: no clock, no lock, no waiting. All instants are on one clock that never goes back. The same
machine runs in memory and, written to a store between transactions, for all processes that share it. Who waits, and in
which order, is told elsewhere: in a process by its line, in a store by `commands`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import inf
from typing import NamedTuple

import msgspec

from intertie.runtime.policies.limiter.options import LimiterOptions
from intertie.runtime.policies.limiter.state_pacing import Pace, Remaining, TokenBucket
from intertie.runtime.policies.limiter.state_plan import Plan, after_all
from intertie.runtime.policies.limiter.state_terms import Bound, rule_of, terms_of
from intertie.runtime.policies.limiter.state_windows import FixedWindow, Rule, SlidingWindow
from intertie.runtime.state import LimiterSnapshot, LimitRefusal, ServerHint, WindowState

PLACE_RETRY_S = 1.0
"""What a refusal for want of a place in flight suggests: when a call in flight ends can't be known."""
_SAME_RESET_S = 1.0
_KEPT_S = 60.0
_BOUNDLESS = 1 << 30
_TOGETHER = 8
"""So many departures, at most, are counted later than they are told, all at once: until then each holds its room."""
_LOOKS = 8
"""Every so many looks at all rules it is seen for how many of the next ones none is needed."""


class Share(msgspec.Struct):
    """Permits handed out ahead, to depart up to `end_s` at instants not known yet. Its owner has numbered it.

    `is_late` is whether a bucket refills for it already, as if all of it had departed at its end.
    """

    number: int
    owner: str
    count: int
    end_s: float
    is_late: bool = False


class Remembered(NamedTuple):
    """A window that bounds nothing any more and goes on counting until `until_s`."""

    bound: Bound
    rule: Rule
    until_s: float


class _Counted(NamedTuple):
    values: list[object]
    until_s: float


class LimiterState:
    """What one limit knows. While several plans hold, `beside` has the others: all of them hold at once.

    One that is given leave holds its room until it has departed, and counts from then.

    | told | what happens |
    |---|---|
    | `take` | True where one may go now: its room is held, and it is in flight; else False |
    | `depart` | it counts from that instant, and holds no room any more |
    | `put_back` | it never left: neither counted nor in flight |
    | `finish` | its flight is over |

    An exception of a signal's handler may come at every call and loop in here, and never between two plain assignments.
    So what takes or lets go is one step, at the end: a caller who saw an exception knows that nothing was taken, and
    may let go again; at most a departure is counted twice.
    """

    def __init__(
        self,
        options: LimiterOptions,
        utc_minus_clock_s: Callable[[], float],
        *,
        beside: Sequence[LimiterOptions] = (),
    ) -> None:
        self.plans = (options, *beside)
        self._terms = terms_of(self.plans)
        self._utc_minus_clock_s = utc_minus_clock_s
        self._declared = [rule_of(bound, utc_minus_clock_s) for bound in self._terms.bounds]
        self._fixed = [rule for rule in self._declared if isinstance(rule, FixedWindow)]
        self._rules: list[Rule] = list(self._declared)
        self._remembered: list[Remembered] = []
        self._places = self._terms.places
        self._remaining: Remaining | None = None
        self._pace: Pace | None = None
        self.held = 0
        self.in_flight = 0
        self.paused_until_s = 0.0
        self.throttled_in_row = 0
        self._wave = 0
        self._sure = 0
        self._looked = 0
        self._left: list[float] = []
        self.shares: dict[tuple[str, int], Share] = {}

    @property
    def is_bounded(self) -> bool:
        """Whether the number of calls in flight is."""
        return self._places < inf

    @property
    def is_counted(self) -> bool:
        """Whether any window or bucket counts departures."""
        return bool(self._declared)

    # --- taking ---------------------------------------------------------------------------------------------------

    def take(self, now_s: float) -> bool:
        """Hold room for one if it may go at `now_s`."""
        if now_s < self.paused_until_s or self.in_flight >= self._places:
            return False
        if self._sure:
            self._sure -= 1
        else:
            self._count_left()
            held = self.held
            for rule in self._rules:
                if rule.earliest_s(now_s, held) > now_s:
                    return False
            self._looked += 1
            if not self._looked % _LOOKS:
                self._sure = self._sure_room(now_s)
        self.held += 1
        self.in_flight += 1
        return True

    def _sure_room(self, now_s: float) -> int:
        """Return how many may surely go next, whenever that is: room only grows with time, and `depart` takes none.

        Fixed windows have none shortly before they end; and one is left out, for rounding.
        """
        return 0 if self._fixed else max(0, self.room(now_s) - 2)

    def last_s(self, now_s: float) -> float:
        """Return the last instant at which one that is given leave now may depart: in the fixed windows of now."""
        fixed = self._fixed
        return min(rule.last_s(now_s) for rule in fixed) if fixed else inf

    def depart(self, at_s: float) -> None:
        """Count from `at_s` one that held room."""
        self._left.append(at_s)
        if len(self._left) >= _TOGETHER:
            self._count_left()

    def _count_left(self) -> None:
        """Count those that departed lately: before anybody looks at the rules, or at how many are held.

        Where an interrupt comes in the middle, these few are counted again later: too many, never too few.
        """
        left = self._left
        if not left:
            return
        for rule in self._rules:
            if type(rule) is SlidingWindow:
                rule.add_row(left)
            else:
                for at_s in left:
                    rule.add(at_s)
        if len(left) > self.held:
            self._sure = 0
        self.held = max(0, self.held - len(left))
        self._left = []

    def hold(self, count: int) -> None:
        """Hold room for so many more, or fewer where it is negative; they have no place in flight by that."""
        self._count_left()
        self._sure = 0
        self.held = max(0, self.held + count)

    def put_back(self) -> None:
        """Forget one that held room and will not depart."""
        if self.held > 0:
            self.held -= 1
        if self.in_flight > 0:
            self.in_flight -= 1

    def finish(self) -> None:
        """End a flight."""
        if self.in_flight > 0:
            self.in_flight -= 1

    def add_used(self, stamps: Sequence[float]) -> None:
        """Count what departed at earlier instants, such as while a store could not be reached."""
        self._sure = 0
        for stamp_s in stamps:
            for rule in self._rules:
                rule.add(stamp_s)

    # --- looking ahead --------------------------------------------------------------------------------------------

    def room(self, now_s: float) -> int:
        """Return how many may be given leave at `now_s` at once."""
        self._count_left()
        if now_s < self.paused_until_s:
            return 0
        held = self.held
        free = min(self._places - self.in_flight, _BOUNDLESS)
        return max(0, int(min(free, min((rule.room(now_s, held) for rule in self._rules), default=_BOUNDLESS))))

    @property
    def free_places(self) -> float:
        """How many more may be in flight; infinite where that is not bounded."""
        return max(0, self._places - self.in_flight)

    def turn_s(self, now_s: float) -> float:
        """Return when the next one may go, as far as windows and pauses are concerned."""
        self._count_left()
        if self.held:
            return self.plan(now_s).peek(now_s)
        return after_all(self._rules, max(now_s, self.paused_until_s))

    def plan(self, now_s: float) -> Plan:
        """Return how turns will follow each other, those with leave foreseen as departing now."""
        self._count_left()
        rules = [rule.copy() for rule in self._rules]
        if self.held:
            for rule in rules:
                rule.add(now_s, self.held)
        return Plan(rules, self.paused_until_s)

    def refusal(self, now_s: float, turn_s: float, ahead: int = 0) -> LimitRefusal:
        """Return why one whose turn comes at `turn_s`, with so many ahead of it, does not go before."""
        wait_s = max(0.0, turn_s - now_s)
        if wait_s == inf:
            wait_s = max((bound.per_s for bound in self._terms.bounds if not bound.shapes), default=PLACE_RETRY_S)
        if self.paused_until_s > now_s:
            return LimitRefusal(wait_s, "pause")
        if self.spent_until_s(now_s) > now_s:
            return LimitRefusal(wait_s, "quota")
        if self.in_flight + ahead >= self._places and wait_s <= 0:
            return LimitRefusal(PLACE_RETRY_S, "concurrency")
        return LimitRefusal(wait_s, "window")

    # --- steering -------------------------------------------------------------------------------------------------

    def observe(self, hint: ServerHint, now_s: float) -> float:
        """Let an answer steer the limit; return the pause now in force.

        Calls already in flight at the first 429 belong to the same wave: their 429s say nothing new, so they don't
        lengthen the pause. Any answer that is neither throttled nor asks for a pause ends the row.
        """
        if hint.throttled:
            if self._wave > 0:
                self._wave -= 1
            else:
                self.throttled_in_row += 1
                self._wave = max(0, self.in_flight - 1)
            if hint.pause_s is None:
                growth = min(64, self.throttled_in_row - 1)
                declared_s = self._terms.retry_after_s * self._terms.backoff_multiplier**growth
                self.pause_until(now_s + min(declared_s, self._terms.max_pause_s), now_s)
        elif hint.pause_s is None:
            self.throttled_in_row = 0
            self._wave = 0
        if hint.pause_s is not None and hint.pause_s > 0:
            self.pause_until(now_s + min(hint.pause_s, self._terms.max_pause_s), now_s)
        if hint.remaining is not None and hint.reset_s is not None and hint.reset_s > 0:
            self._heed(hint.remaining, now_s + min(hint.reset_s, self._terms.max_pause_s), now_s)
        return max(0.0, self.paused_until_s - now_s)

    def _heed(self, remaining: int, until_s: float, now_s: float) -> None:
        self._count_left()
        # Those that departed beside the one that was answered may not have been counted by the server yet; those that
        # have leave hold their part of what is left anyway.
        left = max(0, remaining - max(0, self.in_flight - self.held - 1))
        known = self._remaining
        if known is not None and now_s < known.until_s and abs(until_s - known.until_s) <= _SAME_RESET_S:
            left, until_s = min(left, known.left), known.until_s
        self._remaining = Remaining(left, until_s)
        self._gather(now_s)

    def used(self, now_s: float) -> list[tuple[float, int]]:
        """Return how many count in each declared window, with those that have leave: (its length, so many)."""
        self._count_left()
        return [(bound.per_s, rule.used(now_s) + self.held) for bound, rule in self._windows()]

    def _windows(self) -> Iterator[tuple[Bound, SlidingWindow | FixedWindow]]:
        for bound, rule in zip(self._terms.bounds, self._declared, strict=True):
            if not bound.shapes and isinstance(rule, SlidingWindow | FixedWindow):
                yield bound, rule

    def fill(self, per_s: float, count: int, at_s: float) -> None:
        """Count so many more in the declared window of this length."""
        self._sure = 0
        for bound, rule in self._windows():
            if bound.per_s == per_s and count > 0:
                rule.add(at_s, count)

    def spent_until_s(self, now_s: float) -> float:
        """Return until when nobody may go because the service said that nothing is left; now where it did not."""
        self._count_left()
        known = self._remaining
        return known.until_s if known is not None and known.left <= self.held else now_s

    def pause_until(self, until_s: float, now_s: float) -> None:
        """Let nobody go before `until_s`, unless a longer pause holds; then pace them for one shortest window."""
        if until_s <= max(now_s, self.paused_until_s):
            return
        self.paused_until_s = until_s
        self._pace_from(until_s, now_s)

    def resume(self, now_s: float) -> None:
        """Clear a pause and what the server said is left."""
        if self.paused_until_s > now_s:
            self.paused_until_s = now_s
            self._pace_from(now_s, now_s)
        self.throttled_in_row = 0
        self._wave = 0
        self._remaining = None
        self._gather(now_s)

    def _pace_from(self, from_s: float, now_s: float) -> None:
        slowest = self._terms.slowest
        if slowest is not None:
            self._pace = Pace(from_s, from_s + slowest.window_s, slowest.window_s / max(1, slowest.limit))
        self._gather(now_s)

    def _gather(self, now_s: float) -> None:
        """Collect the rules in force: the declared ones, and those of hint and pace until they are over."""
        self._count_left()
        if self._remaining is not None and now_s >= self._remaining.until_s:
            self._remaining = None
        if self._pace is not None and now_s >= self._pace.until_s:
            self._pace = None
        passing: list[Rule] = [rule for rule in (self._remaining, self._pace) if rule is not None]
        if self._remembered:
            self._remembered = [known for known in self._remembered if now_s < known.until_s]
            passing.extend(known.rule for known in self._remembered)
        self._rules = [*self._declared, *passing]
        self._sure = 0

    # --- shares ---------------------------------------------------------------------------------------------------

    def lease(self, share: Share, now_s: float) -> None:
        """Hand out a share; the caller has seen that there is `room` for it. It takes no place in flight."""
        self._count_left()
        self._sure = 0
        for rule in self._rules:
            rule.room(now_s)
            rule.lease(share.count, share.end_s)
        self.shares[share.owner, share.number] = share

    def settle(self, owner: str, number: int, stamps: Sequence[float]) -> bool:
        """End a share: only the instants at which its requests departed go on counting. Return whether it was out."""
        self._count_left()
        share = self.shares.pop((owner, number), None)
        if share is None:
            return False  # already ended by the clock, as if all of it had departed at its end
        self._sure = 0
        for rule in self._rules:
            if not (share.is_late and isinstance(rule, TokenBucket)):
                rule.settle(share.count, share.end_s, stamps)
        return True

    def expire(self, now_s: float, grace_s: float) -> None:
        """See to the shares that nobody settled within `grace_s` of their end.

        Windows count them at their end anyway, until somebody says better, or a minute has passed. Buckets hold them
        apart, and refill for them from now on.
        """
        self._count_left()
        self._sure = 0
        for key, share in [known for known in self.shares.items() if known[1].end_s + grace_s < now_s]:
            if not share.is_late:
                share.is_late = True
                for rule in self._rules:
                    if isinstance(rule, TokenBucket):
                        rule.settle(share.count, share.end_s, [share.end_s] * share.count)
            elif share.end_s + _KEPT_S < now_s:
                del self.shares[key]

    # --- telling and keeping --------------------------------------------------------------------------------------

    def snapshot(self, now_s: float, waiting: int = 0) -> LimiterSnapshot:
        """Return the limit as it is at `now_s`, while so many wait; those with leave count as used."""
        self._count_left()
        windows = []
        for bound, rule in self._windows():
            free_in_s = rule.earliest_s(now_s, self.held) - now_s
            windows.append(WindowState(bound.per_s, bound.limit, rule.used(now_s) + self.held, free_in_s))
        paused_s = max(0.0, self.paused_until_s - now_s, self.spent_until_s(now_s) - now_s)
        return LimiterSnapshot(tuple(windows), self.in_flight, waiting, paused_s)

    def dump(self) -> dict[str, object]:
        """Return everything as plain values, for `load`."""
        self._count_left()
        return {
            "rules": [rule.dump() for rule in self._declared],
            "remaining": None if self._remaining is None else self._remaining.dump(),
            "pace": None if self._pace is None else self._pace.dump(),
            "remembered": [
                [known.bound.kind, known.bound.per_s, known.until_s, known.rule.dump()] for known in self._remembered
            ],
            "held": self.held,
            "in_flight": self.in_flight,
            "paused_until_s": self.paused_until_s,
            "throttled_in_row": self.throttled_in_row,
            "wave": self._wave,
            "shares": [
                (share.number, share.owner, share.count, share.end_s, share.is_late) for share in self.shares.values()
            ],
        }

    def load(self, dumped: dict[str, object], now_s: float) -> None:
        """Restore what `dump` returned under the same options."""
        kept = msgspec.convert(dumped, _Kept)
        self._left = []
        for rule, values in zip(self._declared, kept.rules, strict=True):
            rule.load(values)
        self._remaining = None if kept.remaining is None else Remaining(*kept.remaining)
        self._pace = None
        if kept.pace is not None:
            self._pace = Pace(0.0, 0.0, 0.0)
            self._pace.load(list(kept.pace))
        self._remembered = []
        for kind, per_s, until_s, values in kept.remembered:
            self._remember(kind, per_s, until_s, values)
        self.held = kept.held
        self.in_flight = kept.in_flight
        self.paused_until_s = kept.paused_until_s
        self.throttled_in_row = kept.throttled_in_row
        self._wave = kept.wave
        shares = (Share(*known) if isinstance(known, tuple) else known for known in kept.shares)
        self.shares = {(share.owner, share.number): share for share in shares}
        self._gather(now_s)

    def adopt(self, before: LimiterState, now_s: float) -> None:
        """Go on from what was known under other plans; `before` is spent by it.

        Its departures and its shares count here, and its pause, its flights and those with leave stay. A rule whose
        bound is in both goes on as it is. A window that no plan has any more bounds nothing, and goes on counting for
        its length: a plan that has it again, such as after a change was taken back, finds what left meanwhile.
        """
        before._count_left()
        shares = list(before.shares.values())
        counted = before._counted(now_s)
        for share in shares:
            before.settle(share.owner, share.number, [])
        stamps = max((rule.stamps(now_s) for rule in before._rules), key=len, default=[])
        for bound, rule in zip(self._terms.bounds, self._declared, strict=True):
            kept = counted.pop((bound.kind, bound.per_s), None)
            if kept is not None:
                rule.load(kept.values)
                continue
            for stamp_s in sorted(stamps):
                rule.add(stamp_s)
            for share in shares:
                if not (share.is_late and isinstance(rule, TokenBucket)):
                    rule.lease(share.count, share.end_s)
            if isinstance(rule, TokenBucket):
                rule.forgive(now_s)
        for (kind, per_s), kept in counted.items():
            if kind != "bucket" and now_s < kept.until_s:
                self._remember(kind, per_s, kept.until_s, kept.values)
        self.shares = {(share.owner, share.number): share for share in shares}
        self.held = before.held
        self.in_flight = before.in_flight
        self.paused_until_s = before.paused_until_s
        self.throttled_in_row = before.throttled_in_row
        self._wave = before._wave
        self._remaining = before._remaining
        self._pace = before._pace
        self._gather(now_s)

    def _counted(self, now_s: float) -> dict[tuple[str, float], _Counted]:
        """Return what each rule that counts departures has counted, and until when that can matter."""
        counted = {
            (known.bound.kind, known.bound.per_s): _Counted(known.rule.dump(), known.until_s)
            for known in self._remembered
        }
        for bound, rule in zip(self._terms.bounds, self._declared, strict=True):
            until_s = rule.ends_s if isinstance(rule, FixedWindow) else now_s + bound.per_s
            counted[bound.kind, bound.per_s] = _Counted(rule.dump(), until_s)
        return counted

    def _remember(self, kind: str, per_s: float, until_s: float, values: list[object]) -> None:
        bound = Bound(kind, per_s, True, _BOUNDLESS)
        rule = rule_of(bound, self._utc_minus_clock_s)
        rule.load(values)
        self._remembered.append(Remembered(bound, rule, until_s))

    def replanned(self, plans: Sequence[LimiterOptions], now_s: float) -> LimiterState:
        """Return the limit under other plans, with all that happened; this one is spent by it."""
        after = LimiterState(plans[0], self._utc_minus_clock_s, beside=plans[1:])
        after.adopt(self, now_s)
        return after


def comes_late(turn_s: float, now_s: float, deadline_s: float) -> bool:
    """Return whether a turn leaves no time to send: one that is waited for comes before the deadline, not at it."""
    return turn_s > deadline_s or turn_s == deadline_s > now_s


class _Kept(msgspec.Struct):
    """What `dump` returned, of this version or of one that kept tickets and had a share as a mapping."""

    rules: list[list[object]]
    remaining: tuple[int, float] | None
    pace: tuple[float, float, float] | None
    in_flight: int
    paused_until_s: float
    throttled_in_row: int
    wave: int
    shares: list[tuple[int, str, int, float, bool] | Share]
    held: int = 0
    remembered: list[tuple[str, float, float, list[object]]] = []
