"""State files that something happens to: told in one sentence, nothing hangs, and what was stored stays."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
import traceback
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from intertie.adapters.stores import InlineOffload, StoreUnavailable, open_journal
from intertie.adapters.stores.sqlite.database import Database
from intertie.adapters.stores.sqlite.location import sweep
from intertie.core.clock import BlockingClock
from intertie.core.rng import SystemRng
from intertie.runtime.state import QueueItem
from intertie.runtime.stepping import run_blocking
from support.store_kit import KEY

URL = "sqlite:///state/journal.db"
NOBODY = 65534


def opened(root: Path):
    return open_journal(URL, clock=BlockingClock(), rng=SystemRng(), offload=InlineOffload(), root=root)


def an_item(receipt: str, size: int = 2) -> QueueItem:
    return QueueItem(receipt, KEY, "create", b"x" * size, receipt, None, "", 1.0, None)


def receipts(journal) -> list[str]:
    return [item.receipt for item in journal.queue()]


def test_a_full_disk_is_told_and_loses_nothing_that_was_stored(tmp_path, monkeypatch):
    """What does not fit is refused in one sentence; once there is room, the store goes on."""
    small = 0
    connect = Database._connect

    def cramped(database: Database) -> sqlite3.Connection:
        connection = connect(database)
        if small:
            connection.execute(f"PRAGMA max_page_count = {small}")
        return connection

    monkeypatch.setattr(Database, "_connect", cramped)
    journal = opened(tmp_path)
    run_blocking(journal.enqueue(an_item("first")))
    small = journal._database.read("PRAGMA page_count")[0][0] + 2
    journal._database.before_fork()
    journal._database.after_fork_in_parent()
    with pytest.raises(StoreUnavailable, match="the disk is full; make room there"):
        run_blocking(journal.enqueue(an_item("too much", 100_000)))
    assert receipts(journal) == ["first"]
    small = 0
    journal._database.before_fork()
    journal._database.after_fork_in_parent()
    run_blocking(journal.enqueue(an_item("too much", 100_000)))
    assert receipts(journal) == ["first", "too much"]
    journal.close()


def as_nobody(work) -> int:
    """Return the exit status of a process that does `work` without a right to anything but its own files."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            if os.getuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            work()
            status = 0
        except BaseException:  # noqa: BLE001  # the parent sees the status, and a person the trace
            traceback.print_exc(file=sys.stderr)
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def refused(work, words: str) -> None:
    with pytest.raises(StoreUnavailable, match=words):
        work()


@pytest.fixture
def anybodys():
    """A folder in which everybody may work: the one of the test is its user's alone."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


def test_permissions_that_are_lost_in_use_are_told(anybodys):
    """While the folder can't be entered, writes are refused in one sentence; nothing that was stored is lost."""

    def scene() -> None:
        journal = opened(anybodys)
        run_blocking(journal.enqueue(an_item("before")))
        folder = anybodys / "state"
        folder.chmod(0)
        refused(
            lambda: run_blocking(journal.enqueue(an_item("meanwhile"))), "journal.db can't be used: Permission denied"
        )
        refused(lambda: opened(anybodys), "journal.db can't be used: Permission denied")
        folder.chmod(0o700)
        run_blocking(journal.enqueue(an_item("after")))
        assert receipts(journal) == ["before", "after"]
        journal.close()

    assert as_nobody(scene) == 0


def test_a_file_of_somebody_else_is_told(anybodys):
    """A file that this user may not write is one sentence at opening."""

    def scene() -> None:
        opened(anybodys).close()
        (anybodys / "state" / "journal.db").chmod(0o400)
        refused(lambda: opened(anybodys), "journal.db can't be written .Permission denied")

    assert as_nobody(scene) == 0


def test_a_file_has_its_name_only_once_it_is_whole(tmp_path, monkeypatch):
    """Whoever is killed while making a file leaves none under its name, and what is left beside it is swept up."""
    seen = []

    class Killed(BaseException):
        pass

    def migrate(_database: Database, _connection: sqlite3.Connection) -> None:
        seen.extend(file.name for file in (tmp_path / "state").iterdir())
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Database, "_migrate", migrate)
        patched.setattr(os, "unlink", lambda _: None)  # as a killed process does not
        with pytest.raises(Killed):
            opened(tmp_path)
    assert [name.startswith(".journal.db.") for name in seen] == [True]
    (left,) = (tmp_path / "state").iterdir()
    opened(tmp_path).close()
    path = tmp_path / "state" / "journal.db"
    made_s = left.stat().st_mtime
    sweep(path, made_s + 599)
    assert left.exists()
    sweep(path, made_s + 601)
    assert not left.exists()
    assert path.exists()


def test_looking_makes_no_file(tmp_path):
    """SQLite alone would make one that is empty and readable by others, where ours is deleted while it is read."""
    database = Database(tmp_path / "state" / "a.db", URL)
    assert database.read("SELECT count(*) FROM call") == [(0,)]
    (tmp_path / "state" / "a.db").unlink()
    told = []
    database._tell = told.append
    assert database.read("SELECT count(*) FROM call") == [(0,)]
    assert stat.S_IMODE((tmp_path / "state" / "a.db").stat().st_mode) == 0o600
    assert len(told) == 1
    database.close()


def test_a_replaced_file_is_told_and_used(tmp_path):
    """A backup that is put in place of a file in use is what counts from the next transaction on."""
    one, other = (Database(tmp_path / name / "a.db", URL, tell=partial(list.append, [])) for name in ("one", "other"))
    with other.write() as connection:
        connection.execute("INSERT INTO call (integration, environment, origin, tenant, at_s, entry) "
                           "VALUES ('k', 'e', '', '', 1.0, x'00')")  # fmt: skip
    other.close()
    (tmp_path / "other" / "a.db").replace(tmp_path / "one" / "a.db")
    told: list[str] = []
    one._tell = told.append
    with one.write() as connection:
        assert connection.execute("SELECT count(*) FROM call").fetchone() == (1,)
    assert "was deleted or replaced while it was in use" in told[0]
    assert one.generation == 1
    one.close()


def test_what_another_process_made_anew_stays(tmp_path):
    """Of two on a deleted file, one makes it anew and writes; the other comes later and takes nothing away from it."""
    one, other = (Database(tmp_path / "a.db", URL) for _ in range(2))
    for file in list(tmp_path.iterdir()):
        file.unlink()
    a_call = (
        "INSERT INTO call (integration, environment, origin, tenant, at_s, entry) VALUES (?, 'e', '', '', 1.0, x'00')"
    )
    for database, name in ((one, "first"), (other, "second"), (one, "third")):
        with database.write() as connection:
            connection.execute(a_call, (name,))
    one.close()
    other.close()
    anew = Database(tmp_path / "a.db", URL)
    assert anew.read("SELECT integration FROM call") == [("first",), ("second",), ("third",)]
    anew.close()
