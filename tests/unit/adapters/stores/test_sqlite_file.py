from __future__ import annotations

import os
import sqlite3
import stat

import pytest

from intertie.adapters.stores import (
    InlineOffload,
    StoreUnavailable,
    ThreadOffload,
    open_coordination,
    open_journal,
)
from intertie.adapters.stores.sqlite.database import Database
from intertie.adapters.stores.sqlite.owners import Owner
from intertie.adapters.stores.sqlite.timeline import Timeline
from intertie.core.errors import UsageError
from intertie.core.rng import SystemRng
from intertie.testing.virtual_time import VirtualClock, run_virtual

A_CALL = (
    "INSERT INTO call (integration, environment, origin, tenant, at_s, entry) VALUES ('k', 'e', '', '', 1.0, x'00')"
)


def opening(root, url="sqlite:///state/state.db", **options):
    return open_journal(url, clock=VirtualClock(), rng=SystemRng(), offload=InlineOffload(), root=root, **options)


def test_folder_and_file_are_their_users_alone(tmp_path):
    """A new store makes its folder with mode 700 and its file with mode 600, relative to the root."""
    opening(tmp_path).close()
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "state" / "state.db").stat().st_mode) == 0o600


def test_an_absolute_path_is_taken_as_it_is(tmp_path):
    """Four slashes name an absolute path, whatever the root."""
    opening(tmp_path / "elsewhere", f"sqlite:///{tmp_path}/here.db").close()
    assert (tmp_path / "here.db").exists()


def test_a_place_that_cannot_be_written_is_said_clearly(tmp_path):
    """A folder that can't be made is one sentence: which file, why, and what to do."""
    (tmp_path / "state").write_text("a file, not a folder")
    with pytest.raises(StoreUnavailable, match=r"state/state.db can't be used: .*is a file.*use memory://"):
        opening(tmp_path)


def test_a_damaged_file_is_said_clearly(tmp_path):
    """A file that is no database is not touched, and the message says what to do."""
    (tmp_path / "broken.db").write_bytes(b"this is not a database at all" * 100)
    with pytest.raises(StoreUnavailable, match=r"is damaged .* move it away"):
        opening(tmp_path, "sqlite:///broken.db")
    assert (tmp_path / "broken.db").read_bytes().startswith(b"this is not")


def test_a_newer_file_is_not_touched(tmp_path):
    """A file of a newer Intertie asks for an upgrade."""
    opening(tmp_path).close()
    with sqlite3.connect(tmp_path / "state" / "state.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreUnavailable, match=r"newer Intertie .schema 99"):
        opening(tmp_path)


def test_another_programs_database_is_not_touched(tmp_path):
    """A database with somebody else's tables stays theirs."""
    with sqlite3.connect(tmp_path / "theirs.db") as connection:
        connection.execute("CREATE TABLE customers (id)")
    connection.close()
    with pytest.raises(StoreUnavailable, match="another program's database"):
        opening(tmp_path, "sqlite:///theirs.db")


def test_power_durability_waits_for_the_disk(tmp_path):
    """`durability = "power"` syncs at each commit, `process` leaves that to the system."""
    for durability, level in (("process", 1), ("power", 2)):
        database = Database(tmp_path / f"{durability}.db", "sqlite:///x", durability=durability)
        with database.write() as connection:
            assert connection.execute("PRAGMA synchronous").fetchone()[0] == level
            assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        database.close()


def test_a_file_deleted_under_us_is_made_anew(tmp_path):
    """Whoever deletes the state folder while a process runs doesn't have it write into nowhere."""
    database = Database(tmp_path / "a.db", "sqlite:///a.db")
    for file in list(tmp_path.iterdir()):
        file.unlink()
    with database.write() as connection:
        connection.execute(A_CALL)
    assert (tmp_path / "a.db").exists()
    assert len(database.read("SELECT number FROM call")) == 1
    database.close()


def test_a_transaction_that_fails_stores_nothing(tmp_path):
    """An exception inside a transaction leaves the file as it was."""
    database = Database(tmp_path / "a.db", "sqlite:///a.db")

    def half() -> None:
        with database.write() as connection:
            connection.execute(A_CALL)
            raise KeyError

    with pytest.raises(KeyError):
        half()
    assert database.read("SELECT * FROM call") == []
    database.close()


def test_a_closed_file_says_so(tmp_path):
    """Using a store after closing it is told as such."""
    journal = opening(tmp_path)
    journal.close()
    journal.close()
    with pytest.raises(StoreUnavailable, match="was closed"):
        journal.drop("r1")


def test_an_owner_lives_as_long_as_it_holds_its_lock(tmp_path):
    """Seen from another owner, one is alive until it closes or its process is gone."""
    database = Database(tmp_path / "a.db", "sqlite:///a.db")
    one, other = Owner(database, SystemRng()), Owner(database, SystemRng())
    assert other.is_alive(one.id)
    name = one.id
    os.close(one._file)  # what the kernel does for a killed process
    one._file = -1
    assert not other.is_alive(name)
    assert other.is_alive(other.id)
    other.bury_all_dead()
    assert [file.name for file in (tmp_path / "a.db.owners").iterdir()] == [other.id]
    other.close()
    database.close()


def test_store_time_goes_on_after_a_reboot(tmp_path):
    """A new boot's monotonic clock starts anew; store time goes on by UTC and never before what was counted last."""
    database = Database(tmp_path / "a.db", "sqlite:///a.db")
    first = Timeline(database, VirtualClock(start_s=5000.0), boot="one")
    assert first.now_s() == 5000.0
    rebooted = VirtualClock(start_s=10.0)
    rebooted._epoch = VirtualClock().utc_now().fromtimestamp(VirtualClock().utc_s() + 600.0, tz=rebooted._epoch.tzinfo)
    assert Timeline(database, rebooted, boot="two").now_s() == pytest.approx(5600.0)
    with database.write() as connection:
        columns = "integration, environment, origin, tenant, scope, at_s, options, state"
        connection.execute(f"INSERT INTO limiter ({columns}) VALUES ('k', 'e', '', '', '', 9000.0, '', x'')")  # noqa: S608
    set_back = VirtualClock(start_s=1.0)
    assert Timeline(database, set_back, boot="three").now_s() == pytest.approx(9000.0)
    database.close()


@pytest.mark.parametrize("url", ["redis://localhost", "state.db", "sqlite:///"])
def test_a_url_that_names_no_store_is_refused(tmp_path, url):
    """What is no known store, or names no file, is said at opening."""
    with pytest.raises((UsageError, StoreUnavailable)):
        open_coordination(url, clock=VirtualClock(), rng=SystemRng(), offload=InlineOffload(), root=tmp_path)


def test_unknown_options_are_refused(tmp_path):
    """A misspelt `store_down` or `durability` is said at opening, with the choices."""
    with pytest.raises(UsageError, match="fair_share, refuse, allow"):
        open_coordination(
            "memory://",
            clock=VirtualClock(),
            rng=SystemRng(),
            offload=InlineOffload(),
            root=tmp_path,
            store_down="shrug",
        )
    with pytest.raises(UsageError, match="process, power"):
        opening(tmp_path, durability="eternal")


def test_work_is_offloaded_to_a_thread_of_the_loop():
    """On an event loop blocking work runs in another thread, and its result comes back."""
    import threading

    async def scene():
        return await ThreadOffload()(threading.get_ident)

    assert run_virtual(scene(), VirtualClock()) != threading.get_ident()
