"""Lock files of owners: who is dead leaves none for long, and who lives never loses its own."""

from __future__ import annotations

import os
import signal
import stat
from pathlib import Path
from shutil import rmtree

import pytest

from intertie.adapters.stores import StoreUnavailable
from intertie.adapters.stores.sqlite.database import Database
from intertie.adapters.stores.sqlite.owners import Owner
from intertie.core.rng import SystemRng

URL = "sqlite:///state/a.db"


@pytest.fixture
def database(tmp_path):
    opened = Database(tmp_path / "state" / "a.db", URL)
    yield opened
    opened.close()


def files_of(database: Database) -> set[str]:
    return {file.name for file in Path(f"{database.path}.owners").iterdir()}


def killed_owner(database: Database) -> str:
    """Return the name of an owner whose process was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, Owner(database, SystemRng()).id.encode())
            signal.pause()
        finally:
            os._exit(1)
    name = os.read(reading, 100).decode()
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reading)
    os.close(writing)
    return name


def test_who_comes_next_removes_the_files_of_the_dead(database):
    """Twenty-five kills leave twenty-five files, and the next owner only its own and those of the living."""
    living = Owner(database, SystemRng())
    dead = {killed_owner(database) for _ in range(25)}
    # The last of them has removed its forerunners already.
    assert files_of(database) - {living.id} <= dead
    next_one = Owner(database, SystemRng())
    assert files_of(database) >= {living.id}
    assert next_one.id not in dead
    assert files_of(database) == {living.id, next_one.id}
    assert [next_one.is_alive(name) for name in (living.id, *dead)] == [True] + [False] * 25


def test_nobody_else_sees_who_works_here(database):
    """The folder of lock files is its user's alone, like the state that it stands beside."""
    owner = Owner(database, SystemRng())
    assert owner.id in files_of(database)
    assert stat.S_IMODE(Path(f"{database.path}.owners").stat().st_mode) == 0o700


def test_a_file_that_was_never_named_is_removed(database):
    """A process that is killed while it becomes an owner leaves a file without a name; one that is locked is somebody's."""
    folder = Path(f"{database.path}.owners")
    folder.mkdir()
    (folder / ".left").touch()
    os.mkfifo(folder / ".pipe")
    os.mkfifo(folder / "pipe")
    (folder / ".folder").mkdir()
    owner = Owner(database, SystemRng())
    assert files_of(database) >= {".left"}
    assert owner.id in files_of(database)
    assert files_of(database) == {owner.id, ".folder"}


@pytest.mark.parametrize("takes", [3, 1000])
def test_whose_file_is_taken_for_a_left_one_makes_another(database, monkeypatch, takes):
    """Between making a file and locking it, another process may remove it: then it is made again, within reason."""
    import fcntl

    taken = 0

    def flock(descriptor: int, how: int) -> None:
        nonlocal taken
        if taken < takes and how & fcntl.LOCK_EX:
            taken += 1
            for file in Path(f"{database.path}.owners").iterdir():
                if file.name.startswith("."):
                    file.unlink()
        real(descriptor, how)

    real = fcntl.flock
    monkeypatch.setattr(fcntl, "flock", flock)
    owner = Owner(database, SystemRng())
    if takes == 3:
        assert {owner.id} == files_of(database)
    else:
        with pytest.raises(StoreUnavailable, match="can't be made"):
            _ = owner.id


def test_who_lives_is_alive_again_once_its_folder_was_deleted(database):
    """With the folder goes the lock that says so; it is made again under the old name."""
    owner, other = Owner(database, SystemRng()), Owner(database, SystemRng())
    name = owner.id
    assert other.is_alive(name)
    rmtree(database.path.parent)
    assert not other.is_alive(name)
    with database.write():
        assert owner.id == name
    assert other.is_alive(name)
    owner.close()
    assert not other.is_alive(name)
