"""Who is alive: an owner holds the lock on its own file for as long as its process lives, and no longer.

The kernel frees the lock when the process dies, however it dies, and the lock is seen from other containers that share
the folder, where process ids say nothing.
"""

from __future__ import annotations

import fcntl
import os
import threading
from contextlib import suppress
from pathlib import Path

from intertie.adapters.stores.errors import StoreUnavailable
from intertie.adapters.stores.sqlite.database import Database
from intertie.core.forking import renew_after_fork
from intertie.core.rng import Rng


class Owner:
    """This process as an owner of shares, tickets and claims; a forked child becomes a new one."""

    def __init__(self, database: Database, rng: Rng) -> None:
        self._database = database
        self._rng = rng
        self._folder = database.path.with_name(database.path.name + ".owners")
        self._id: str | None = None
        self._file = -1
        self._lock = threading.Lock()
        renew_after_fork(self)

    def after_fork_in_child(self) -> None:
        """Become nobody, until the child needs a name of its own."""
        self._lock = threading.Lock()
        if self._file >= 0:
            os.close(self._file)  # the parent's descriptor keeps the parent's lock
        self._id, self._file = None, -1

    @property
    def id(self) -> str:
        """Its name, made and locked at first use.

        Raises:
            StoreUnavailable: The lock file can't be made.
        """
        known = self._id
        if known is not None:
            return known
        # Threads that come first at once must become one owner: nobody would ever tell of the shares of another.
        with self._lock:
            if self._id is None:
                self._id = self._locked_name()
            return self._id

    def _locked_name(self) -> str:
        name = self._rng.uuid4()
        path = self._folder / name
        unlocked = self._folder / f".{name}"
        file = -1
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            file = os.open(unlocked, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            unlocked.rename(path)  # nobody ever sees it unlocked under its name
        except OSError as error:
            if file >= 0:
                os.close(file)
            msg = f"the lock file {path} can't be made ({error.strerror or error}); make its folder writable"
            raise StoreUnavailable(msg, url=self._database.url) from error
        self._file = file
        return name

    def is_alive(self, owner: str) -> bool:
        """Return whether `owner` still holds its lock."""
        if owner == self._id:
            return True
        path = self._folder / owner
        try:
            file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        except OSError:
            return True  # it can't be told: nothing is taken away from one who may live
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared, so that two who look don't see each other
        except OSError:
            return True
        finally:
            os.close(file)
        return False

    def bury(self, owner: str) -> None:
        """Remove the lock file of a dead owner."""
        with suppress(OSError):
            Path(self._folder / owner).unlink()

    def bury_all_dead(self) -> None:
        """Remove the lock files of all who are dead; their names mean death from now on as before."""
        with suppress(OSError):
            for path in list(self._folder.iterdir()):
                if not path.name.startswith(".") and not self.is_alive(path.name):
                    self.bury(path.name)

    def close(self) -> None:
        """Give the name up."""
        if self._file >= 0:
            if self._id is not None:
                self.bury(self._id)
            os.close(self._file)
        self._id, self._file = None, -1
