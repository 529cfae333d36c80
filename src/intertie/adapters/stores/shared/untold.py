"""What this process knows of a shared limit and its store does not yet."""

from __future__ import annotations

from intertie.adapters.stores.shared.alone import Alone
from intertie.adapters.stores.shared.share import Share
from intertie.core.bells import Bell
from intertie.runtime.policies.limiter.commands import Command, Observe, Settled, Tell
from intertie.runtime.state import ServerHint

_MOST_NOTES = 1000
_MOST_SENT = 50


class Note:
    """What an answer said, until the store has it. The bell is that of whoever waits for it."""

    __slots__ = ("at_s", "bell", "has_failed", "hint", "is_told")

    def __init__(self, hint: ServerHint, at_s: float, bell: Bell) -> None:
        self.hint = hint
        self.at_s = at_s
        self.bell = bell
        self.is_told = False
        self.has_failed = False


class Untold:
    """What is to be told, and what was said without an answer so far. Guarded by its limiter's lock.

    What was said is said again as it was, under its old numbers, until it is answered: the store takes it once.

    Attributes:
        over: Shares that give nothing any more.
        voided: Numbers of shares that were asked for, of whose answer nothing is known.
        departed: When requests departed that the store was told of as on their way.
        released: How many of those never did.
        notes: What answers said.
        said: Commands without an answer.
        places: How many places in flight the store knows of, once it has all that was said.
        held: How many are on their way whose shares are booked.
        number: The last one of a command.
    """

    __slots__ = (
        "_said_notes",
        "_settled",
        "departed",
        "held",
        "notes",
        "number",
        "over",
        "places",
        "released",
        "said",
        "voided",
    )

    def __init__(self) -> None:
        self.over: list[Share] = []
        self.voided: list[int] = []
        self.departed: list[float] = []
        self.released = 0
        self.notes: list[Note] = []
        self.said: list[Command] = []
        self.places = self.held = 0
        self.number = 0
        self._settled: list[Settled] = []
        self._said_notes: list[Note] = []

    def next_number(self) -> int:
        """Return a number for the next command."""
        self.number += 1
        return self.number

    def note(self, note: Note) -> None:
        """Keep what an answer said; beyond a thousand of them, the store learns of the limit from later ones."""
        if len(self.notes) < _MOST_NOTES:
            self.notes.append(note)

    def end_shares(self, now_s: float) -> int:
        """Book what became of the shares that are over; return how many permits have lapsed that nobody gave back."""
        return sum(self._settle(share, now_s) for share in list(self.over) if share.is_settled(now_s))

    def end_all(self, now_s: float) -> tuple[int, bool]:
        """Book all shares, also what may still depart: it is told one by one.

        Return how many permits have lapsed that nobody gave back, and whether the store knows of all that departed.
        """
        knows_all = not (self.over or self.departed or self.said or self._settled)
        return sum(self._settle(share, now_s) for share in list(self.over)), knows_all

    def _settle(self, share: Share, now_s: float) -> int:
        self.over.remove(share)
        settled, lapsed = share.settle(now_s)
        self._settled.append(settled)
        self.held += settled.held
        return lapsed

    def say(self, owner: str, keys: tuple[str, ...], places: int, alone: Alone) -> None:
        """Put what is to be told into commands, behind those that have no answer yet."""
        if len(self.said) >= _MOST_SENT:
            return  # until some of it is heard
        settled = (*self._settled, *(Settled(number) for number in self.voided))
        lone = alone.report()
        departed, released = (*self.departed, *lone.departed), self.released + lone.released
        if settled or departed or released or lone.used or lone.held or places != self.places:
            number = self.next_number()
            self.said.append(
                Tell(owner, keys, settled, departed, released, places, lone.used, held=lone.held, number=number)
            )
            self.places, self.released = places, 0
            self.departed, self.voided, self._settled = [], [], []
        notes, self.notes = self.notes, []
        self._said_notes.extend(notes)
        self.said.extend(Observe(keys, note.hint, note.at_s, owner, self.next_number()) for note in notes)

    def heard(self) -> list[Note]:
        """Forget what the store has now; return the notes among it."""
        notes, self._said_notes = self._said_notes, []
        self.said = []
        for note in notes:
            note.is_told = True
            note.bell.ring()
        return notes

    def failed(self) -> None:
        """Let those who wait for a note to be told go on without."""
        for note in (*self._said_notes, *self.notes):
            note.has_failed = True
            note.bell.ring()
