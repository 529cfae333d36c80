"""The end of the history: calls that are older than it is kept, deleted by whoever writes to it, a little at a time."""

from __future__ import annotations

from math import inf

from intertie.adapters.stores.errors import StoreLocked
from intertie.adapters.stores.sqlite.background import Background
from intertie.adapters.stores.sqlite.database import Database
from intertie.core.clock import Clock
from intertie.core.forking import renew_after_fork

BATCH = 200
"""Calls deleted in one transaction; of a million calls in the history, it holds the file for half a millisecond."""
_PAUSE_S = 0.05
"""Between two batches, for others: 4,000 calls a second go while there are old ones."""
_LOOK_EVERY_S = 60.0
_PATIENCE_S = 0.05
"""Nobody waits for old calls to go: where others hold the file, they go later."""


class Pruning:
    """Deletes calls older than `kept_s`, in the background of a process that stores new ones.

    An idle process looks at nothing. The index on the age makes a look as quick in a long history as in a short one.
    Ledger, queue and a strict audit are left alone. A killed process leaves a batch deleted or whole.
    """

    def __init__(self, database: Database, background: Background, clock: Clock, *, kept_s: float) -> None:
        self._database = database
        self._background = background
        self._clock = clock
        self._kept_s = kept_s
        self._begin()
        renew_after_fork(self)

    def after_fork_in_child(self) -> None:
        """Begin anew: what the parent was about to delete, it deletes."""
        self._begin()

    def _begin(self) -> None:
        self._next_look_s = -inf if self._kept_s < inf else inf
        self._is_asked = False

    def ask(self) -> None:
        """Have a look taken in the background, where it is time for one. Told with each group of calls."""
        if self._clock.monotonic_s() >= self._next_look_s:
            self._next_look_s = self._clock.monotonic_s() + _LOOK_EVERY_S
            self._is_asked = True
            self._background.ask("history", self._go_on, in_s=_PAUSE_S)

    def finish(self) -> None:
        """Delete one batch now, where one was asked for and not begun: a process may live too short for the background.

        Raises:
            StoreUnavailable: Nothing was deleted.
        """
        if self._is_asked:
            self.delete_batch()

    def _go_on(self) -> None:
        if self.delete_batch():
            self._background.ask("history", self._go_on, in_s=_PAUSE_S)

    def delete_batch(self) -> bool:
        """Delete the oldest calls that are too old, at most `BATCH`; return whether there may be more.

        Raises:
            StoreUnavailable: Nothing was deleted.
        """
        self._is_asked = False
        before_s = self._clock.utc_s() - self._kept_s
        old = self._database.read("SELECT 1 FROM call WHERE audit = 0 AND at_s < ? LIMIT 1", (before_s,))
        if not old:
            return False
        try:
            with self._database.write(patience_s=_PATIENCE_S) as connection:
                deleted = connection.execute(
                    "DELETE FROM call WHERE number IN "
                    "(SELECT number FROM call WHERE audit = 0 AND at_s < ? ORDER BY at_s LIMIT ?)",
                    (before_s, BATCH),
                ).rowcount
        except StoreLocked:
            return True
        return deleted == BATCH
