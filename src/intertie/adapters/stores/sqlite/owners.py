"""Who is alive: an owner holds the lock on its own file for as long as its process lives, and no longer.

The kernel frees the lock when the process dies, however it dies, and the lock is seen from other containers that share
the folder, where process ids say nothing.

A name is never used twice, and no file has its name before it is locked. So a file that is not locked is a dead one's,
and whoever becomes an owner removes those. A file without a name yet begins with a dot and may be locked a moment
later, so whoever removes it locks it first, and whoever made it tries again.
"""

from __future__ import annotations

import fcntl
import os
import threading
from contextlib import suppress
from pathlib import Path

from intertie.adapters.stores.errors import StoreUnavailable
from intertie.adapters.stores.sqlite.database import Database
from intertie.adapters.stores.sqlite.location import owners_folder, sweep
from intertie.core.forking import renew_after_fork
from intertie.core.rng import Rng

_TRIES = 8


class Owner:
    """This process as an owner of shares, tickets and claims; a forked child becomes a new one."""

    def __init__(self, database: Database, rng: Rng) -> None:
        self._database = database
        self._rng = rng
        self._folder = owners_folder(database.path)
        self._id: str | None = None
        self._generation = database.generation
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
        if known is not None and self._generation == self._database.generation:
            return known
        # Threads that come first at once must become one owner: nobody would ever tell of the shares of another.
        with self._lock:
            if self._id is None:
                self._bury_dead_locked()
                self._id, self._file = self._named_locked(None)
                sweep(self._database.path, os.fstat(self._file).st_mtime)
            elif self._generation != self._database.generation:
                self._renew_lock_locked(self._id)
            self._generation = self._database.generation
            return self._id

    def _renew_lock_locked(self, name: str) -> None:
        """Make the lock file again, which was deleted with the folder: without it, this process is dead to others."""
        try:
            is_there = os.stat(self._folder / name).st_ino == os.fstat(self._file).st_ino  # noqa: PTH116  # as below
        except OSError:
            is_there = False
        if not is_there:
            before = self._file
            _, self._file = self._named_locked(name)
            os.close(before)

    def _named_locked(self, name: str | None) -> tuple[str, int]:
        """Return a name, a new one where None is given, and the descriptor that holds its lock."""
        chosen = name or self._rng.uuid4()
        tries = 0
        while True:
            tries += 1
            try:
                return chosen, self._lock_file(chosen)
            except OSError as error:
                if tries < _TRIES and isinstance(error, (BlockingIOError, FileNotFoundError)):
                    continue  # another process took the file for one that was left behind
                msg = (
                    f"the lock file {self._folder / chosen} can't be made ({error.strerror or error}); "
                    "make its folder writable"
                )
                raise StoreUnavailable(msg, url=self._database.url) from error

    def _lock_file(self, name: str) -> int:
        unlocked = self._folder / f".{self._rng.uuid4()}"
        for folder in (self._folder.parent, self._folder):  # somebody may have deleted both meanwhile
            folder.mkdir(mode=0o700, exist_ok=True)
        file = os.open(unlocked, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            unlocked.rename(self._folder / name)  # nobody ever sees it unlocked under its name
        except OSError:
            os.close(file)
            raise
        return file

    def is_alive(self, owner: str) -> bool:
        """Return whether `owner` still holds its lock."""
        if owner == self._id:
            return True
        path = self._folder / owner
        try:
            file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # never wait, whatever stands there
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
        with self._lock:
            self._bury_dead_locked()

    def _bury_dead_locked(self) -> None:
        with suppress(OSError):
            for path in list(self._folder.iterdir()):
                if path.name.startswith("."):
                    _remove_unnamed(path)
                elif not self.is_alive(path.name):
                    self.bury(path.name)

    def close(self) -> None:
        """Give the name up."""
        if self._file >= 0:
            if self._id is not None:
                self.bury(self._id)
            os.close(self._file)
        self._id, self._file = None, -1


def _remove_unnamed(path: Path) -> None:
    """Remove a file that its maker did not live to name; one that is being made is locked, or is made again."""
    with suppress(OSError):  # it is gone, locked, or another's
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NONBLOCK)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
        finally:
            os.close(file)
