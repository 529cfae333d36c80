"""What a forked child has of its parent's stores."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest

from intertie.runtime.policies.breaker.options import BreakerOptions
from support.forks import said_by_child
from support.store_kit import KEY, flat_price, per_second

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system can't fork")
_LOCKS = (type(threading.Lock()), type(threading.RLock()), threading.Condition)


def locks_of(thing: object, path: str, seen: set[int]) -> Iterator[tuple[str, object]]:
    """Yield each lock that a thing of ours can reach, with the way to it."""
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, _LOCKS):
        yield path, thing
    elif isinstance(thing, dict):
        for key, value in list(thing.items()):
            yield from locks_of(value, f"{path}[{key!r}]", seen)
    elif isinstance(thing, list | tuple | set):
        for place, value in enumerate(thing):
            yield from locks_of(value, f"{path}[{place}]", seen)
    elif (bound := getattr(thing, "__self__", None)) is not None:
        yield from locks_of(bound, path, seen)
    elif type(thing).__module__.startswith("intertie.adapters.stores"):
        for name, value in list(getattr(thing, "__dict__", {}).items()):
            yield from locks_of(value, f"{path}.{name}", seen)


def test_no_lock_of_a_child_is_its_parents(kit):
    """Whatever a thread of the parent is doing at the fork, nobody in the child waits for it."""
    coordination, journal = kit.coordination(), kit.journal()
    opened = (
        coordination,
        journal,
        coordination.limiter(KEY, per_second(10)),
        coordination.breaker(KEY, BreakerOptions()),
        coordination.cache(KEY),
        journal.ledger(KEY, flat_price()),
    )
    parents = dict(locks_of(opened, kit.backend, set()))
    assert len(parents) > len(opened)

    def shared() -> list[str]:
        return [path for path, lock in locks_of(opened, kit.backend, set()) if lock in parents.values()]

    assert len(shared()) == len(parents)
    assert said_by_child(shared) == "[]"
