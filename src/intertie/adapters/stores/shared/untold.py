"""What this process knows of a shared limit and its store does not yet."""

from __future__ import annotations

from collections.abc import Sequence

from intertie.adapters.stores.shared.line import Seat
from intertie.adapters.stores.shared.share import Share
from intertie.core.bells import Bell
from intertie.runtime.policies.limiter.commands import Observe, Settled, Tell
from intertie.runtime.state import ServerHint

_MOST_NOTES = 1000


class Note:
    """What an answer said, until the store has it. The bell is that of whoever waits for it."""

    __slots__ = ("at_s", "bell", "has_failed", "hint", "is_told")

    def __init__(self, hint: ServerHint, at_s: float, bell: Bell) -> None:
        self.hint = hint
        self.at_s = at_s
        self.bell = bell
        self.is_told = False
        self.has_failed = False


class Batch:
    """What one exchange tells and asks: forgotten here once it is stored there.

    Attributes:
        ended: The shares that are over, and what became of them.
        seats: Whose permits are asked for.
        number: Of the share that is asked for, None where none is.
        places: How many places in flight are held.
    """

    __slots__ = ("departed", "ended", "notes", "number", "places", "released", "seats", "used", "voided")

    def __init__(self, untold: Untold, now_s: float, used: Sequence[float]) -> None:
        self.ended = [(share, told) for share in untold.over if (told := share.settled(now_s)) is not None]
        self.departed = tuple(untold.departed)
        self.released = untold.released
        self.used = tuple(used)
        self.voided = tuple(untold.voided)
        self.notes = list(untold.notes)
        self.seats: list[Seat] = []
        self.number: int | None = None
        self.places = 0

    def commands(self, owner: str, keys: tuple[str, ...], *, told_places: int) -> list[Tell | Observe]:
        """Return it as commands; `told_places` is how many places in flight the store knows of."""
        settled = (*(told for _, told in self.ended), *(Settled(number) for number in self.voided))
        is_new = settled or self.departed or self.released or self.used or self.places != told_places
        tells = [Tell(owner, keys, settled, self.departed, self.released, self.places, self.used)] if is_new else []
        return [*tells, *(Observe(keys, note.hint, note.at_s) for note in self.notes)]


class Untold:
    """Guarded by its limiter's lock.

    Attributes:
        over: Shares that give nothing any more.
        voided: Numbers of shares that were asked for, of whose answer nothing is known.
        departed: When requests departed that the store was told of as on their way.
        released: How many of those never did.
        notes: What answers said.
    """

    __slots__ = ("departed", "notes", "over", "released", "voided")

    def __init__(self) -> None:
        self.over: list[Share] = []
        self.voided: list[int] = []
        self.departed: list[float] = []
        self.released = 0
        self.notes: list[Note] = []

    def note(self, note: Note) -> None:
        """Keep what an answer said; beyond a thousand of them, the store learns of the limit from later ones."""
        if len(self.notes) < _MOST_NOTES:
            self.notes.append(note)

    def stored(self, batch: Batch) -> int:
        """Forget what the store has now; return how many permits have lapsed that nobody gave back."""
        # First what would free room a second time, were this interrupted.
        self.released -= batch.released
        del self.departed[: len(batch.departed)]
        del self.voided[: len(batch.voided)]
        lapsed = 0
        for share, _ in batch.ended:
            share.told = True
            self.over.remove(share)
            for permit in [permit for permit in share.out if permit.has_lapsed(share.end_s)]:
                del share.out[permit]
                lapsed += 1
        told = batch.notes
        self.notes = [note for note in self.notes if note not in told]
        for note in told:
            note.is_told = True
            note.bell.ring()
        return lapsed
