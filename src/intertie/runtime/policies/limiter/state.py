"""The limiter as a pure state machine: rules, pauses, places in flight, and the line of those who wait.

Numbers in, decision out: no clock, no lock, no waiting. All instants are on one clock that never goes back. The same
machine runs in memory and, written to a store between transactions, for all processes that share it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from math import inf
from typing import NamedTuple

import msgspec

from intertie.runtime.policies.limiter.options import LimiterOptions
from intertie.runtime.policies.limiter.state_pacing import Pace, Remaining, TokenBucket
from intertie.runtime.policies.limiter.state_plan import Plan, after_all
from intertie.runtime.policies.limiter.state_terms import Bound, rule_of, terms_of
from intertie.runtime.policies.limiter.state_windows import FixedWindow, Rule, SlidingWindow
from intertie.runtime.state import LimiterSnapshot, LimitRefusal, ServerHint, WindowState

POLL_S = 0.002
"""How soon the first in line looks again for a place in flight; the k-th waits k times as long, at most 25 times."""
PLACE_RETRY_S = 1.0
"""What a refusal for want of a place in flight suggests: when a call in flight ends can't be known."""
_LATE_PLAN_S = 0.005
_SAME_RESET_S = 1.0
_GRACE_S = 0.05
_FAR_BACK = 8
_BOUNDLESS = 1 << 30


class Ticket(msgspec.Struct):
    """A place in line. `turn_s` is when its owner looks again; nobody leaves before having looked."""

    number: int
    turn_s: float
    deadline_s: float
    owner: str = ""


class Share(msgspec.Struct):
    """Permits handed out ahead, to be used up to `end_s` at instants not known yet."""

    number: int
    owner: str
    count: int
    end_s: float


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

    | asked | answer |
    |---|---|
    | `take` | True and counted where one may go now and nobody waits; else False |
    | `ask` | True (taken), a `Ticket` to sleep on until its `turn_s`, or a refusal that reserves nothing |
    | `look` | the same, for a ticket whose turn has come; earlier tickets keep their places |
    | `leave` | forgets a ticket |
    """

    def __init__(
        self,
        options: LimiterOptions,
        utc_minus_clock_s: Callable[[], float],
        *,
        poll_s: float = POLL_S,
        beside: Sequence[LimiterOptions] = (),
    ) -> None:
        self.plans = (options, *beside)
        self._terms = terms_of(self.plans)
        self._poll_s = poll_s
        self._utc_minus_clock_s = utc_minus_clock_s
        self._declared = [rule_of(bound, utc_minus_clock_s) for bound in self._terms.bounds]
        self._rules: list[Rule] = list(self._declared)
        self._remembered: list[Remembered] = []
        self._places = self._terms.places
        self._remaining: Remaining | None = None
        self._pace: Pace | None = None
        self.in_flight = 0
        self.paused_until_s = 0.0
        self.throttled_in_row = 0
        self._wave = 0
        self.line: list[Ticket] = []
        self._next_number = 1
        self.shares: dict[int, Share] = {}
        self._planned: Plan | None = None

    @property
    def is_bounded(self) -> bool:
        """Whether the number of calls in flight is."""
        return self._places < inf

    # --- taking ---------------------------------------------------------------------------------------------------

    def take(self, now_s: float) -> bool:
        """Count one at `now_s` if it may go and nobody waits."""
        if self.line or now_s < self.paused_until_s or self.in_flight >= self._places:
            return False
        return self._take(now_s)

    def _take(self, now_s: float) -> bool:
        rules = self._rules
        for rule in rules:
            if rule.earliest_s(now_s) > now_s:
                return False
        for rule in rules:
            rule.add(now_s)
        self.in_flight += 1
        return True

    def room(self, now_s: float) -> int:
        """Return how many may go at `now_s` at once, those in line included."""
        if now_s < self.paused_until_s:
            return 0
        free = min(self._places - self.in_flight, 1 << 30)
        return max(0, int(min(free, min((rule.room(now_s) for rule in self._rules), default=1 << 30))))

    def undo(self, stamp_s: float) -> None:
        """Forget one that was not sent."""
        for rule in self._rules:
            rule.undo(stamp_s)
        self.in_flight = max(0, self.in_flight - 1)
        self._planned = None

    def finish(self) -> None:
        """End a flight."""
        self.in_flight = max(0, self.in_flight - 1)

    # --- waiting in line ------------------------------------------------------------------------------------------

    def ask(self, now_s: float, deadline_s: float, owner: str = "") -> bool | Ticket | LimitRefusal:
        """Take one now, or stand in line where the turn comes by `deadline_s`, or be refused at once."""
        self._forget_late(now_s)
        if self.take(now_s):
            return True
        turn_s = self._plan(now_s).peek(now_s) if self.line else self._turn_s(now_s, 0)
        waits_for_place = self.in_flight + len(self.line) >= self._places
        looks_s = max(turn_s, now_s + self._poll_s) if waits_for_place else turn_s
        if _comes_late(looks_s, now_s, deadline_s):
            return self._refusal(now_s, turn_s, waits_for_place=waits_for_place)
        if turn_s <= now_s and not waits_for_place:
            # Room for all in line and one more, such as after somebody in line gave up: nobody ahead leaves later for
            # it.
            self._take(now_s)
            self._planned = None
            return True
        ticket = Ticket(self._next_number, looks_s, deadline_s, owner)
        self._next_number += 1
        if self._planned is not None:
            self._planned.add(turn_s, ticket.number)
        self.line.append(ticket)
        return ticket

    def look(self, number: int, now_s: float) -> bool | Ticket | LimitRefusal:
        """Take one for a ticket whose turn has come, or say when to look again, or refuse and forget the ticket."""
        self._forget_late(now_s, but=number)
        ahead = self._ahead(number)
        if ahead is None:
            return self._refusal(now_s, now_s, waits_for_place=self.in_flight >= self._places)
        ticket = self.line[ahead]
        turn_s = self._turn_s(now_s, ahead)
        waits_for_place = self.in_flight + ahead >= self._places
        if turn_s <= now_s and not waits_for_place:
            if now_s - ticket.turn_s > _LATE_PLAN_S:
                self._planned = None
            self._take(now_s)
            del self.line[ahead]
            if not self.line:
                self._planned = None
            return True
        looks_s = max(turn_s, now_s + self._poll_s * min(25, ahead + 1)) if waits_for_place else turn_s
        if _comes_late(looks_s, now_s, ticket.deadline_s):
            del self.line[ahead]
            self._planned = None
            return self._refusal(now_s, turn_s, waits_for_place=waits_for_place)
        ticket.turn_s = looks_s
        return ticket

    def leave(self, number: int) -> None:
        """Forget a ticket; those behind it move up when they look."""
        ahead = self._ahead(number)
        if ahead is not None:
            del self.line[ahead]
            self._planned = None

    def leave_all(self, owners: Sequence[str]) -> None:
        """Forget the tickets of owners that are gone."""
        kept = [ticket for ticket in self.line if ticket.owner not in owners]
        if len(kept) != len(self.line):
            self.line = kept
            self._planned = None

    def _forget_late(self, now_s: float, but: int = 0) -> None:
        # A ticket whose owner neither looked nor left by its deadline is abandoned: its owner hangs or is gone.
        line = self.line
        while line and line[0].deadline_s + _GRACE_S < now_s and line[0].number != but:
            del line[0]
            self._planned = None

    def _ahead(self, number: int) -> int | None:
        index = bisect_left(self.line, number, key=lambda ticket: ticket.number)
        return index if index < len(self.line) and self.line[index].number == number else None

    def _turn_s(self, now_s: float, ahead: int) -> float:
        if not ahead:
            return after_all(self._rules, max(now_s, self.paused_until_s))
        if ahead >= _FAR_BACK:
            # Many look at once after a pause: one plan for the whole line tells each when to look again.
            planned_s = self._plan(now_s).turns_s.get(self.line[ahead].number, now_s)
            if planned_s > now_s:
                return planned_s
        plan = Plan([rule.copy() for rule in self._rules], self.paused_until_s, now_s)
        for ticket in self.line[:ahead]:
            plan.add(plan.peek(now_s), ticket.number)
        return plan.peek(now_s)

    def _plan(self, now_s: float) -> Plan:
        if self._planned is None or now_s >= self._planned.stale_s:
            plan = self._planned = Plan([rule.copy() for rule in self._rules], self.paused_until_s, now_s)
            for ticket in self.line:
                plan.add(plan.peek(now_s), ticket.number)
        return self._planned

    def _refusal(self, now_s: float, turn_s: float, *, waits_for_place: bool) -> LimitRefusal:
        wait_s = turn_s - now_s
        if wait_s == inf:
            wait_s = max((bound.per_s for bound in self._terms.bounds if not bound.shapes), default=PLACE_RETRY_S)
        if self.paused_until_s > now_s:
            return LimitRefusal(wait_s, "pause")
        if self._spent_until_s(now_s) > now_s:
            return LimitRefusal(max(0.0, wait_s), "quota")
        if waits_for_place and wait_s <= 0:
            return LimitRefusal(PLACE_RETRY_S, "concurrency")
        return LimitRefusal(max(0.0, wait_s), "window")

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
        # Those in flight beside the one that was answered may not have been counted by the server yet.
        left = max(0, remaining - max(0, self.in_flight - 1))
        known = self._remaining
        if known is not None and now_s < known.until_s and abs(until_s - known.until_s) <= _SAME_RESET_S:
            left, until_s = min(left, known.left), known.until_s
        self._remaining = Remaining(left, until_s)
        self._gather(now_s)

    def _spent_until_s(self, now_s: float) -> float:
        """Return until when nobody may go because the service said that nothing is left; now where it did not."""
        known = self._remaining
        return known.until_s if known is not None and known.left <= 0 else now_s

    def pause_until(self, until_s: float, now_s: float) -> None:
        """Let nobody go before `until_s`, unless a longer pause holds; then pace them for one shortest window."""
        if until_s <= max(now_s, self.paused_until_s):
            return
        self.paused_until_s = until_s
        self._pace_from(until_s, now_s)

    def begin_at_pace(self, now_s: float) -> None:
        """Pace those who go from now on for one shortest window: what left before is not known."""
        self._pace_from(now_s, now_s)

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
        if self._remaining is not None and now_s >= self._remaining.until_s:
            self._remaining = None
        if self._pace is not None and now_s >= self._pace.until_s:
            self._pace = None
        passing: list[Rule] = [rule for rule in (self._remaining, self._pace) if rule is not None]
        if self._remembered:
            self._remembered = [known for known in self._remembered if now_s < known.until_s]
            passing.extend(known.rule for known in self._remembered)
        self._rules = [*self._declared, *passing]
        self._planned = None

    # --- shares ---------------------------------------------------------------------------------------------------

    def share_end_s(self, now_s: float, wanted_s: float) -> float:
        """Return when a share given now must end: within `wanted_s`, and with the first fixed window that ends."""
        fixed = [rule for rule in self._declared if isinstance(rule, FixedWindow)]
        for rule in fixed:
            rule.used(now_s)  # begins a new window where the last is over
        return min([now_s + wanted_s, *(rule.ends_s for rule in fixed)])

    def lease(self, count: int, now_s: float, end_s: float, owner: str) -> Share:
        """Hand out a share of `count`; the caller has seen that there is `room` for it. It takes no place in flight."""
        share = Share(self._next_number, owner, count, end_s)
        self._next_number += 1
        for rule in self._rules:
            rule.room(now_s)
            rule.lease(count, end_s)
        self.shares[share.number] = share
        self._planned = None
        return share

    def settle(self, number: int, stamps: Sequence[float]) -> None:
        """End a share: only the instants at which it was really used go on counting."""
        share = self.shares.pop(number, None)
        if share is None:
            return  # already ended by the clock, as if all of it had been used at its end
        for rule in self._rules:
            rule.settle(share.count, share.end_s, stamps)
        self._planned = None

    def expire(self, now_s: float, grace_s: float) -> None:
        """End the shares that nobody settled within `grace_s` of their end, as wholly used at their end."""
        for share in [share for share in self.shares.values() if share.end_s + grace_s < now_s]:
            self.settle(share.number, [share.end_s] * share.count)

    def add_used(self, stamps: Sequence[float]) -> None:
        """Count what went at earlier instants without asking, such as while a store could not be reached."""
        for stamp_s in stamps:
            for rule in self._rules:
                rule.add(stamp_s)
        self._planned = None

    # --- telling and keeping --------------------------------------------------------------------------------------

    def snapshot(self, now_s: float) -> LimiterSnapshot:
        """Return the limit as it is at `now_s`."""
        windows = []
        for bound, rule in zip(self._terms.bounds, self._declared, strict=True):
            if not bound.shapes and isinstance(rule, SlidingWindow | FixedWindow):
                free_in_s = rule.earliest_s(now_s) - now_s
                windows.append(WindowState(bound.per_s, bound.limit, rule.used(now_s), free_in_s))
        paused_s = max(0.0, self.paused_until_s - now_s, self._spent_until_s(now_s) - now_s)
        return LimiterSnapshot(tuple(windows), self.in_flight, len(self.line), paused_s)

    def dump(self) -> dict[str, object]:
        """Return everything as plain values, for `load`."""
        return {
            "rules": [rule.dump() for rule in self._declared],
            "remaining": None if self._remaining is None else self._remaining.dump(),
            "pace": None if self._pace is None else self._pace.dump(),
            "remembered": [
                [known.bound.kind, known.bound.per_s, known.until_s, known.rule.dump()] for known in self._remembered
            ],
            "in_flight": self.in_flight,
            "paused_until_s": self.paused_until_s,
            "throttled_in_row": self.throttled_in_row,
            "wave": self._wave,
            "line": [msgspec.to_builtins(ticket) for ticket in self.line],
            "next_number": self._next_number,
            "shares": [msgspec.to_builtins(share) for share in self.shares.values()],
        }

    def load(self, dumped: dict[str, object], now_s: float) -> None:
        """Restore what `dump` returned under the same options."""
        kept = msgspec.convert(dumped, _Kept)
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
        self.in_flight = kept.in_flight
        self.paused_until_s = kept.paused_until_s
        self.throttled_in_row = kept.throttled_in_row
        self._wave = kept.wave
        self.line = kept.line
        self._next_number = kept.next_number
        self.shares = {share.number: share for share in kept.shares}
        self._gather(now_s)

    def adopt(self, before: LimiterState, now_s: float) -> None:
        """Go on from what was known under other plans; `before` is spent by it.

        Its departures and its shares count here, and its pause, its line and its flights stay. A rule whose bound is in
        both goes on as it is. A window that no plan has any more bounds nothing, and goes on counting for its length:
        a plan that has it again, such as after a change was taken back, finds what left meanwhile.
        """
        shares = list(before.shares.values())
        counted = before._counted(now_s)
        for share in shares:
            before.settle(share.number, [])
        stamps = max((rule.stamps(now_s) for rule in before._rules), key=len, default=[])
        for bound, rule in zip(self._terms.bounds, self._declared, strict=True):
            kept = counted.pop((bound.kind, bound.per_s), None)
            if kept is not None:
                rule.load(kept.values)
                continue
            for stamp_s in sorted(stamps):
                rule.add(stamp_s)
            for share in shares:
                rule.lease(share.count, share.end_s)
            if isinstance(rule, TokenBucket):
                rule.forgive(now_s)
        for (kind, per_s), kept in counted.items():
            if kind != "bucket" and now_s < kept.until_s:
                self._remember(kind, per_s, kept.until_s, kept.values)
        self.shares = {share.number: share for share in shares}
        self.in_flight = before.in_flight
        self.paused_until_s = before.paused_until_s
        self.throttled_in_row = before.throttled_in_row
        self._wave = before._wave
        self.line = before.line
        self._next_number = before._next_number
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
        after = LimiterState(plans[0], self._utc_minus_clock_s, poll_s=self._poll_s, beside=plans[1:])
        after.adopt(self, now_s)
        return after


def _comes_late(looks_s: float, now_s: float, deadline_s: float) -> bool:
    """Return whether a turn leaves no time to send: one that is waited for comes before the deadline, not at it."""
    return looks_s > deadline_s or looks_s == deadline_s > now_s


class _Kept(msgspec.Struct):
    rules: list[list[object]]
    remaining: tuple[int, float] | None
    pace: tuple[float, float, float] | None
    in_flight: int
    paused_until_s: float
    throttled_in_row: int
    wave: int
    line: list[Ticket]
    next_number: int
    shares: list[Share]
    remembered: list[tuple[str, float, float, list[object]]] = []
