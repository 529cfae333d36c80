"""Draws from the operating system: UUIDs of version 4, never twice, in no thread and no forked child."""

from __future__ import annotations

import ast
import os
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from intertie.core import rng as rng_module
from intertie.core.forking import renew_after_fork
from intertie.core.rng import SystemRng
from intertie.runtime.call_ids import CallIds
from support.forks import said_by_child

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system can't fork")


def test_a_uuid_is_of_version_4_and_in_its_text_form() -> None:
    """Version and variant are set, every other digit is as it was drawn."""
    rng = SystemRng()
    for text in (rng.uuid4() for _ in range(1000)):
        read = uuid.UUID(text)
        assert (str(read), read.version, read.variant) == (text, 4, uuid.RFC_4122)


def test_the_bits_are_those_that_were_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the standard library makes of the same bytes, ours makes too."""
    drawn = bytes(range(256)) * 4
    monkeypatch.setattr(rng_module.os, "urandom", lambda count: drawn[:count])
    rng = SystemRng()
    made = {rng.uuid4() for _ in range(64)}
    assert made == {str(uuid.UUID(bytes=drawn[at : at + 16], version=4)) for at in range(0, 1024, 16)}


def test_threads_never_get_the_same() -> None:
    """They take from one batch, and some bring a batch of their own at the same time."""
    rng = SystemRng()
    with ThreadPoolExecutor(8) as pool:
        rows = list(pool.map(lambda _: [rng.uuid4() for _ in range(2000)], range(8)))
    made = [text for row in rows for text in row]
    assert len(set(made)) == len(made)


@forks
def test_a_forked_child_uses_nothing_of_its_parents_batch() -> None:
    """The batch is the parent's alone, and the child's own is not its child's."""
    rng = SystemRng()
    rng.uuid4()
    in_child = ast.literal_eval(said_by_child(lambda: [rng.uuid4() for _ in range(200)]))
    in_its_child = ast.literal_eval(said_by_child(lambda: ast.literal_eval(said_by_child(lambda: [rng.uuid4()]))))
    here = [rng.uuid4() for _ in range(200)]
    assert len({*in_child, *in_its_child, *here}) == 401


@forks
def test_who_draws_while_it_renews_itself_gets_a_fresh_one() -> None:
    """Randomness is renewed before whoever asks it for a new name in the child, whichever was registered first."""

    class Named:
        def __init__(self) -> None:
            self.rng, self.name = SystemRng(), ""
            renew_after_fork(self)

        def after_fork_in_child(self) -> None:
            self.name = self.rng.uuid4()

    several = [Named() for _ in range(30)]
    left = {each.rng.uuid4() for each in several}
    in_child = said_by_child(lambda: [each.name for each in several])
    left |= {each.rng.uuid4() for each in several for _ in range(63)}
    assert len(left) == 30 * 64
    assert not left & set(ast.literal_eval(in_child))


@forks
def test_calls_of_a_child_have_ids_of_their_own() -> None:
    """The row of a child's call ids begins with other bits than its parent's, and than those its parent draws next."""
    rng = SystemRng()
    ids = CallIds(rng)
    prefixes = {ids.next().split("-")[0]}
    in_child = said_by_child(ids.next)
    prefixes |= {rng.uuid4().replace("-", "")[:18] for _ in range(64)}
    assert ast.literal_eval(in_child).split("-")[0] not in prefixes
