"""One registry for what a fork must not share: who is told, in which order, and who is not kept alive."""

from __future__ import annotations

import gc
import os
import threading
import weakref

import pytest

from intertie.core.forking import close_around_fork, renew_after_fork
from support.forks import said_by_child
from support.real_servers import ROOT

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system can't fork")


class Owner:
    """Has a lock, and says which process last renewed it."""

    def __init__(self) -> None:
        self.after_fork_in_child()
        renew_after_fork(self)

    def after_fork_in_child(self) -> None:
        self.lock = threading.Lock()
        self.pid = os.getpid()


class Connection:
    """Notes what it is asked to do around a fork."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        close_around_fork(self)

    def before_fork(self) -> None:
        self.asked.append("close")

    def after_fork_in_parent(self) -> None:
        self.asked.append("reopen")

    def after_fork_in_child(self) -> None:
        self.asked.append("renew")


def test_a_child_has_free_locks_whoever_holds_them_in_the_parent() -> None:
    """The parent's own lock stays held, and its own."""
    owner = Owner()
    with owner.lock:
        assert said_by_child(lambda: (owner.lock.locked(), owner.pid == os.getpid())) == "(False, True)"
        assert (owner.lock.locked(), owner.pid) == (True, os.getpid())


def test_what_is_connected_is_closed_around_a_fork() -> None:
    """The parent opens it again; the child renews it, and does not reopen what its parent closed."""
    connection = Connection()
    assert said_by_child(lambda: connection.asked) == "['close', 'renew']"
    assert connection.asked == ["close", "reopen"]
    assert said_by_child(lambda: connection.asked[2:]) == "['close', 'renew']"


def test_a_child_of_a_child_is_renewed_too() -> None:
    """The registry goes on in a child."""
    owner = Owner()
    assert said_by_child(lambda: said_by_child(lambda: owner.pid == os.getpid())) == repr("True")


def test_the_registry_keeps_nobody_alive() -> None:
    """What an application lets go of is freed, and is not asked at the next fork."""
    owner, connection = Owner(), Connection()
    gone = [weakref.ref(owner), weakref.ref(connection)]
    said_by_child(lambda: None)
    del owner, connection
    gc.collect()
    assert [each() for each in gone] == [None, None]
    assert said_by_child(lambda: "well") == "'well'"


def test_there_is_one_registry() -> None:
    """Nobody else asks the operating system to be told of forks: the order would depend on who is imported first."""
    package = ROOT / "src" / "intertie"
    asking = [file for file in package.rglob("*.py") if "register_at_fork" in file.read_text("utf-8")]
    assert [file.relative_to(package).as_posix() for file in asking] == ["core/forking.py"]
