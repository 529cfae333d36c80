"""One SQLite file, opened for the threads of this process, safe after fork."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from intertie.adapters.stores.blocking import check_may_block
from intertie.adapters.stores.errors import StoreUnavailable
from intertie.adapters.stores.sqlite.faults import check_ours, schema_of, unavailable
from intertie.adapters.stores.sqlite.location import is_emptied, make_ready
from intertie.adapters.stores.sqlite.migrations import APPLICATION_ID, scripts, statements
from intertie.core.forking import close_around_fork
from intertie.core.locks import is_ours, let_go

BUSY_S = 5.0
"""How long a transaction waits for another process's."""
MIGRATION_S = 60.0
"""How long an open waits for another process that brings the file to this version's schema: history may be long."""


def patience(left_s: float) -> float:
    """Return how long a caller with `left_s` seconds left may wait for others: half of it, at most `BUSY_S`.

    Half, since what comes after needs time too: a call without its store may still go on alone, or says why not.

    >>> patience(30.0), patience(3.0), patience(-1.0)
    (5.0, 1.5, 0.05)
    """
    return min(BUSY_S, max(0.05, left_s / 2))


class Database:
    """One connection for transactions and one for looking, each with its own lock.

    Write-ahead logging survives a killed process at any instant. `durability="power"` waits for the disk at each
    commit.

    Attributes:
        generation: Grows each time the file was found deleted or replaced while it was in use.
    """

    def __init__(
        self, path: Path, url: str, *, durability: str = "process", tell: Callable[[str], None] = lambda _: None
    ) -> None:
        """Open a file, made where it is missing.

        Args:
            path: The file.
            url: The store's, for messages.
            durability: `process` or `power`.
            tell: Hears what was found amiss and does not stop the store, in one sentence.

        Raises:
            StoreUnavailable: It can't be used.
        """
        self.path = path
        self.url = url
        self.generation = 0
        self._tell = tell
        self._synchronous = "FULL" if durability == "power" else "NORMAL"
        self._write_lock = threading.RLock()
        self._read_lock = threading.Lock()
        self._writer: sqlite3.Connection | None = None
        self._reader: sqlite3.Connection | None = None
        self._inode = 0
        self._patience_s = BUSY_S
        self._closed = False
        close_around_fork(self)
        with self._write_lock:
            self._connected_locked()

    def before_fork(self) -> None:
        """Close the connections: SQLite in a child would believe that it holds the locks its parent holds."""
        self._write_lock.acquire()
        self._drop_connections_locked()
        self._read_lock.acquire()

    def after_fork_in_parent(self) -> None:
        """Let connections be opened again, when they are needed."""
        self._read_lock.release()
        self._write_lock.release()

    def after_fork_in_child(self) -> None:
        """Make free locks; connections are opened when they are needed."""
        self._write_lock = threading.RLock()
        self._read_lock = threading.Lock()

    @contextmanager
    def write(self, *, patience_s: float = BUSY_S) -> Iterator[sqlite3.Connection]:
        """Give a connection inside one transaction: all is stored, or nothing where an exception leaves the block.

        Args:
            patience_s: How long to wait for other threads and processes.

        Raises:
            StoreUnavailable: The file can't be used, or not in time.
        """
        check_may_block()
        connection: sqlite3.Connection | None = None
        try:
            self._take_turn(patience_s)
            try:
                connection = self._connected_locked()
                if patience_s != self._patience_s:
                    connection.execute(f"PRAGMA busy_timeout = {int(patience_s * 1000)}")
                    self._patience_s = patience_s
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.Error as error:
                raise self._unavailable(error, patience_s) from error
            try:
                yield connection
                connection.execute("COMMIT")
            except sqlite3.Error as error:
                raise self._unavailable(error) from error
        except BaseException:
            # Where it is stored already, there is nothing to roll back.
            if connection is not None and is_ours(self._write_lock):
                self._roll_back_locked(connection)
            raise
        finally:
            let_go(self._write_lock)

    def _take_turn(self, patience_s: float) -> None:
        if not self._write_lock.acquire(timeout=patience_s):
            raise self.busy(patience_s)

    def _roll_back_locked(self, connection: sqlite3.Connection) -> None:
        with suppress(sqlite3.Error):  # a failed COMMIT may have rolled back already
            connection.execute("ROLLBACK")

    def read(self, sql: str, values: Sequence[object] = ()) -> list[Any]:
        """Return the rows of one SELECT, as last committed by anybody; waits for no transaction.

        Raises:
            StoreUnavailable: The file can't be used.
        """
        check_may_block()
        if self._reader is not None and not self._is_same_file():
            with self._write_lock:
                self._connected_locked()
        with self._read_lock:
            try:
                if self._reader is None:
                    self._reader = self._connect()
                    self._reader.execute("PRAGMA query_only = ON")
                return self._reader.execute(sql, values).fetchall()
            except sqlite3.Error as error:
                raise self._unavailable(error) from error

    def _connected_locked(self) -> sqlite3.Connection:
        if self._closed:
            msg = f"the state file {self.path} was closed; open the integration again"
            raise StoreUnavailable(msg, url=self.url)
        if self._writer is not None and self._is_same_file():
            return self._writer
        is_lost = self._inode != 0 and not self._is_same_file()
        was_emptied = is_emptied(self.path)
        make_ready(self.path, self.url, self._fill)
        self._drop_connections_locked()
        try:
            # Looked at first: whoever replaces the file from now on is noticed by the next transaction.
            inode = self.path.stat().st_ino
            self._writer = self._connect()
            self._migrate(self._writer)
        except (sqlite3.Error, OSError) as error:
            raise self._unavailable(error) from error
        self._inode = inode
        self._patience_s = BUSY_S
        if is_lost:
            self.generation += 1
            self._tell(
                f"the state file {self.path} was deleted or replaced while it was in use; what this process knew of "
                "it no longer holds: restore it if nobody meant that, and start again"
            )
        if was_emptied:
            self._tell(
                f"the state file {self.path} was empty, so it begins anew; if nobody meant that, restore a backup of it"
            )
        return self._writer

    def _fill(self, path: Path) -> None:
        """Write the schema into an empty file that nobody else knows of."""
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = MEMORY")  # a crash leaves this one file behind and no other
            connection.execute(f"PRAGMA synchronous = {self._synchronous}")
            self._migrate(connection)
        except sqlite3.Error as error:
            raise self._unavailable(error) from error
        finally:
            connection.close()

    def _is_same_file(self) -> bool:
        # Whoever deletes the file under us would have us write into nowhere; a look costs a microsecond.
        try:
            return os.stat(self.path).st_ino == self._inode  # noqa: PTH116  # no object made on each transaction
        except OSError:
            return False

    def _connect(self) -> sqlite3.Connection:
        # SQLite itself makes no file: it would be empty, and readable by others.
        name = f"{self.path.as_uri()}?mode=rw"
        connection = sqlite3.connect(name, uri=True, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA synchronous = {self._synchronous}")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _migrate(self, connection: sqlite3.Connection) -> None:
        known = scripts()
        if schema_of(connection) == known[-1][0]:
            return
        connection.execute(f"PRAGMA busy_timeout = {int(MIGRATION_S * 1000)}")
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise self._unavailable(error, MIGRATION_S) from error
        try:
            version = check_ours(connection, self.path, self.url)
            for number, script in known:
                if number > version:
                    for statement in statements(script):
                        connection.execute(statement)
                    connection.execute(f"PRAGMA user_version = {number}")
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute("COMMIT")
        except BaseException:
            self._roll_back_locked(connection)
            raise
        connection.execute(f"PRAGMA busy_timeout = {int(BUSY_S * 1000)}")

    def busy(self, patience_s: float) -> StoreUnavailable:
        """Return what to raise where others did not let go of the file for so long."""
        return self._unavailable(sqlite3.OperationalError("database is locked"), patience_s)

    def _unavailable(self, error: sqlite3.Error | OSError, patience_s: float = BUSY_S) -> StoreUnavailable:
        return unavailable(error, self.path, self.url, patience_s)

    def _drop_connections_locked(self) -> None:
        with self._read_lock:
            for connection in (self._writer, self._reader):
                if connection is not None:
                    with suppress(sqlite3.Error):
                        connection.close()
            self._writer = self._reader = None

    def close(self) -> None:
        """Close the connections; nothing can be done with the file through this object afterwards."""
        with self._write_lock:
            self._drop_connections_locked()
            self._closed = True
