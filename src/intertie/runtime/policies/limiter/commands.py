"""What processes ask of limits that they share: `(limits, command, now) -> (limits', reply)`, all of it plain data.

A store runs commands in order, in one transaction or one round trip, at its own time. In its line stand owners (the
processes) with how many of their callers wait, not the callers themselves: their order is their own process's affair.
What is granted is a share: so many permits, good until `end_s`, counted as departed then until its owner settles it.

| command | reply |
|---|---|
| `Tell` what became of shares and permits | None |
| `Take` permits, on all of several keys or on none | `Taken` |
| `Observe` an answer's word on the limit | the pause now in force, in seconds |
| `PauseFor`, `Resume` by an operator's hand | None |
| `Leave`: an owner ends, or has died | None |

An owner numbers its commands, each higher than the one before, and says again what was not answered, as it was and in
its order: what comes twice is done once, and what comes after a later one not at all. A `Tell` may settle a share that
was never granted. So an answer that is lost costs at most a share until its end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from typing import TypeAlias

from msgspec import Struct

from intertie.runtime.policies.limiter.state import LimiterState, Share
from intertie.runtime.state import ServerHint

GRACE_S = 0.2
"""How long after its end a share is waited for before it counts as wholly departed at its end."""
OVERDUE_S = 0.05
"""How long a turn is kept for an owner who does not come for it."""
_SOON_S = 1e-6
_ACTIVE_S = 1.0
_KEPT_S = 60.0
"""How long an owner that holds nothing is remembered after it was last heard of."""
_LOOK_AHEAD = 8
_MOST_TURNS = 40
_MOST_PICKS = 200
_SHORTEST_RATIO = 0.25


class Settled(Struct, frozen=True, array_like=True):
    """A share that is over: when its requests departed, and how many are still in the middle of it.

    `end_s` is the share's, for one that is told too late: what departed until then has been counted at it.
    """

    number: int
    end_s: float = 0.0
    departed: tuple[float, ...] = ()
    held: int = 0


class Tell(Struct, frozen=True, tag=True):
    """What an owner tells.

    Attributes:
        settled: Shares that are over; what they did not use is free again.
        departed: When requests departed that were told as still held.
        released: How many of those never did.
        places: Places in flight that it holds now, used or ready for use.
        used: When requests departed that nobody was asked for, while the store could not be reached.
        held: How many such requests are still on their way.
        number: 0 where it is not numbered.
    """

    owner: str
    keys: tuple[str, ...]
    settled: tuple[Settled, ...] = ()
    departed: tuple[float, ...] = ()
    released: int = 0
    places: int = 0
    used: tuple[float, ...] = ()
    held: int = 0
    number: int = 0


class Take(Struct, frozen=True, tag=True):
    """A request for permits, all of them on all keys.

    Attributes:
        number: Of the share they make.
        waiting: How many callers wait.
        ahead: How many more are wanted, to be spent without asking.
        length_s: How long the share is to be good.
        until_s: When the last of those who wait gives up.
        lane: In which of an owner's lines they stand.
    """

    owner: str
    keys: tuple[str, ...]
    number: int
    waiting: int
    ahead: int = 0
    length_s: float = 0.1
    until_s: float = inf
    lane: str = ""


class Observe(Struct, frozen=True, tag=True):
    """What an answer said at `at_s`; `number` is the owner's, 0 where it is not numbered."""

    keys: tuple[str, ...]
    hint: ServerHint
    at_s: float
    owner: str = ""
    number: int = 0


class PauseFor(Struct, frozen=True, tag=True):
    """An operator's pause."""

    keys: tuple[str, ...]
    seconds: float


class Resume(Struct, frozen=True, tag=True):
    """The end of all pauses."""

    keys: tuple[str, ...]


class Leave(Struct, frozen=True, tag=True):
    """Owners that are gone, in peace or not: what they held may have departed by now."""

    owners: tuple[str, ...]
    keys: tuple[str, ...]


Command: TypeAlias = Tell | Take | Observe | PauseFor | Resume | Leave


class Taken(Struct, frozen=True):
    """The answer to `Take`.

    Attributes:
        count: How many are granted, 0 to `waiting + ahead`.
        end_s: Until when they are good.
        turns: When those who still wait, and a few more, will have their turns, as if what is granted now departed now.
        paused_until_s, spent_until_s: Until when the limit is paused, or spent by the service's own word; past where it
            is not.
        places_full: Whether all places in flight are taken.
        room: How many are free now.
        sharers: How many owners were heard of within the last minute.
        throttled_in_row: How many answers in a row were throttled.
        used: How many count in each window, what is granted now and what is on its way included: (its length, so many).
    """

    count: int
    end_s: float
    turns: tuple[float, ...]
    paused_until_s: float
    spent_until_s: float
    places_full: bool
    room: int
    sharers: int
    throttled_in_row: int
    used: tuple[tuple[float, int], ...] = ()


Reply: TypeAlias = Taken | float | None


class Member(Struct):
    """What is known of an owner.

    Attributes:
        places: Places in flight that it holds.
        held: Requests of settled shares that are still to depart.
        asked_s, wants: When it last asked, and for how many.
        passed: How much it was granted, in units of what it wanted: whoever has the least comes next.
        number, heard_s: The last number that came from it, and when.
    """

    places: int = 0
    held: int = 0
    asked_s: float = 0.0
    wants: int = 0
    passed: float = 0.0
    number: int = 0
    heard_s: float = 0.0


class Place(Struct):
    """An owner's place in line: since when how many of its callers wait, and since when its turn has been there."""

    owner: str
    lane: str
    waiting: int
    since_s: float
    until_s: float
    ready_s: float = inf


class SharedLimit(Struct):
    """One limit, as all who share it know it."""

    limit: LimiterState
    members: dict[str, Member]
    line: list[Place]

    def count(self) -> None:
        """Add up what all owners hold."""
        members = self.members.values()
        self.limit.in_flight = sum(member.places for member in members)
        self.limit.held = sum(member.held for member in members)

    def tidy(self, now_s: float) -> None:
        """Forget what is long over, and the places in line of those who gave up, or do not come."""
        self.limit.expire(now_s, GRACE_S)
        for owner, known in list(self.members.items()):
            if not (known.places or known.held) and max(known.asked_s, known.heard_s) + _KEPT_S < now_s:
                del self.members[owner]
        if self.line:
            self.line = [place for place in self.line if place.until_s > now_s and now_s - place.ready_s < OVERDUE_S]

    def member(self, owner: str) -> Member:
        """Return what is known of an owner."""
        return self.members.setdefault(owner, Member())

    def is_new(self, owner: str, number: int, now_s: float) -> bool:
        """Return whether a command with this number of an owner's was not done yet, and none after it; note it."""
        if not number:
            return True
        member = self.member(owner)
        member.heard_s = now_s
        if number <= member.number:
            return False
        member.number = number
        return True

    def waiting(self) -> int:
        """Return how many callers wait, in all processes."""
        return sum(place.waiting for place in self.line)

    def tell(self, told: Tell, now_s: float) -> None:
        """Take note of what an owner tells."""
        if not self.is_new(told.owner, told.number, now_s):
            return
        limit, member = self.limit, self.member(told.owner)
        for settled in told.settled:
            if not limit.settle(told.owner, settled.number, settled.departed):
                limit.add_used([stamp_s for stamp_s in settled.departed if stamp_s > settled.end_s])
            member.held += settled.held
        limit.add_used(told.departed)
        member.held = max(0, member.held + told.held - len(told.departed) - told.released)
        limit.add_used([min(stamp_s, now_s) for stamp_s in told.used])
        member.places = told.places
        self.count()

    def observe(self, observed: Observe, now_s: float) -> float:
        """Let an answer steer the limit; return the pause now in force."""
        if self.is_new(observed.owner, observed.number, now_s):
            return self.limit.observe(observed.hint, min(observed.at_s, now_s))
        return max(0.0, self.limit.paused_until_s - now_s)

    def leave(self, owners: Sequence[str], now_s: float) -> None:
        """Forget owners; what they held counts from now, and their shares at their ends."""
        for owner in owners:
            gone = self.members.pop(owner, None)
            if gone is not None:
                self.limit.add_used([now_s] * gone.held)
        self.line = [place for place in self.line if place.owner not in owners]
        self.count()

    # --- sharing --------------------------------------------------------------------------------------------------

    def ask(self, take: Take, now_s: float) -> tuple[int, list[float]]:
        """Return how many an owner may have now, and the turns of those beyond; note what it wants."""
        self.tidy(now_s)
        member = self.member(take.owner)
        member.asked_s, member.wants = now_s, take.waiting + take.ahead
        others = [place for place in self.line if (place.owner, place.lane) != (take.owner, take.lane)]
        if not member.wants:
            return 0, []
        if others and len(others) == len(self.line):
            # Who joins the line has no claim on turns from before.
            member.passed = max(member.passed, min(self.member(place.owner).passed for place in others))
        room = self.limit.room(now_s)
        if not others and room > take.waiting:
            active = sum(known.wants for known in self.members.values() if now_s - known.asked_s < _ACTIVE_S)
            fair = room * member.wants // max(1, active)
            if self.limit.is_bounded:
                # Places that nobody uses yet are held for as long as the share is good: half of them stay free.
                fair = min(fair, take.waiting + (room - take.waiting) // 2)
            return min(member.wants, max(take.waiting, fair)), []
        return self._in_turn(take, others, room, now_s)

    def _in_turn(self, take: Take, others: list[Place], room: int, now_s: float) -> tuple[int, list[float]]:
        """Foresee the coming turns, each that of whoever has had least of what it wants."""
        mine = next((place for place in self.line if (place.owner, place.lane) == (take.owner, take.lane)), None)
        since_s = now_s if mine is None else mine.since_s
        own = Place(take.owner, take.lane, take.waiting, since_s, take.until_s)
        # [passed, since, place, turns left, what a turn weighs]
        queue = [
            [self.member(place.owner).passed, place.since_s, left, 1 / max(1, place.waiting), place]
            for place, left in ((own, own.waiting + _LOOK_AHEAD), *((place, place.waiting) for place in others))
        ]
        plan, count, turns = self.limit.plan(now_s), 0, []
        places = self.limit.free_places
        for _ in range(_MOST_PICKS):
            if not queue:
                break
            first = min(queue, key=lambda known: (known[0], known[1]))
            turn_s = plan.take(now_s)
            now = turn_s <= now_s and places > 0 and room > 0
            if now:
                places, room = places - 1, room - 1
            place: Place = first[4]  # type: ignore[assignment]
            if place is not own:
                if now:
                    place.ready_s = min(place.ready_s, now_s)
            elif now and count < take.waiting:
                count += 1
            else:
                turns.append(turn_s)
                if len(turns) >= _MOST_TURNS or turn_s == inf:
                    break
            first[0] += first[3]  # type: ignore[operator]
            first[2] -= 1  # type: ignore[operator]
            if first[2] <= 0:  # type: ignore[operator]
                queue.remove(first)
        return count, turns

    def grant(self, take: Take, count: int, end_s: float, now_s: float, next_s: float) -> None:
        """Hand out a share, and keep a place in line for those who go on waiting, where their turn comes in time."""
        member = self.member(take.owner)
        if count:
            self.limit.lease(Share(take.number, take.owner, count, end_s), now_s)
            if self.limit.is_bounded:
                member.places += count
                self.count()
            member.passed += count / max(1, take.waiting)
        known = next((place for place in self.line if (place.owner, place.lane) == (take.owner, take.lane)), None)
        waiting = take.waiting - count
        if waiting <= 0 or take.until_s < max(next_s, now_s + _SOON_S):
            if known is not None:
                self.line.remove(known)
        elif known is None:
            self.line.append(Place(take.owner, take.lane, waiting, now_s, take.until_s))
        else:
            known.waiting, known.until_s, known.ready_s = waiting, take.until_s, inf
            if count:
                known.since_s = now_s

    def sharers(self, now_s: float) -> int:
        """Return how many owners were heard of within the last minute."""
        heard = (max(member.asked_s, member.heard_s) for member in self.members.values())
        return max(1, sum(1 for heard_s in heard if now_s - heard_s < _KEPT_S))


def run(limits: Mapping[str, SharedLimit], command: Command, now_s: float) -> Reply:
    """Change the limits as a command says, and return its reply."""
    touched = [limits[key] for key in command.keys]
    if isinstance(command, Take):
        return _take(touched, command, now_s)
    if isinstance(command, Observe):
        return max(shared.observe(command, now_s) for shared in touched)
    for shared in touched:
        if isinstance(command, Tell):
            shared.tell(command, now_s)
        elif isinstance(command, PauseFor):
            shared.limit.pause_until(now_s + command.seconds, now_s)
        elif isinstance(command, Resume):
            shared.limit.resume(now_s)
        else:
            shared.leave(command.owners, now_s)
    return None


def _take(touched: Sequence[SharedLimit], take: Take, now_s: float) -> Taken:
    known = touched[0].limit.shares.get((take.owner, take.number))
    if known is not None:  # asked again, after its answer was lost
        return _taken(touched, known.count, known.end_s, [], now_s)
    are_new = [shared.is_new(take.owner, take.number, now_s) for shared in touched]  # noted in each
    if not all(are_new):
        return _taken(touched, 0, now_s, [], now_s)  # given up meanwhile, and told as never used
    asked = [shared.ask(take, now_s) for shared in touched]
    count = min(count for count, _ in asked)
    last_s = min(shared.limit.last_s(now_s) for shared in touched)
    end_s = min(now_s + take.length_s, last_s)
    if end_s - now_s < take.length_s * _SHORTEST_RATIO:
        count = min(count, take.waiting)  # too short to be spent by those who have not come yet
    turns = [max(each) for each in zip(*(turns for _, turns in asked if turns), strict=False)]
    for shared in touched:
        shared.grant(take, count, end_s, now_s, turns[0] if turns else now_s)
    return _taken(touched, count, end_s, turns, now_s)


def _taken(touched: Sequence[SharedLimit], count: int, end_s: float, turns: Sequence[float], now_s: float) -> Taken:
    return Taken(
        count=count,
        end_s=end_s,
        turns=tuple(turns),
        paused_until_s=max(shared.limit.paused_until_s for shared in touched),
        spent_until_s=max(shared.limit.spent_until_s(now_s) for shared in touched),
        places_full=any(shared.limit.free_places <= 0 for shared in touched),
        room=min(shared.limit.room(now_s) for shared in touched),
        sharers=max(shared.sharers(now_s) for shared in touched),
        throttled_in_row=max(shared.limit.throttled_in_row for shared in touched),
        used=tuple(known for shared in touched for known in shared.limit.used(now_s)),
    )
