"""What a client still holds while none of its calls is under way: there must be nothing."""

from __future__ import annotations

import gc
import threading
from collections import deque
from collections.abc import Iterator
from functools import partial
from types import BuiltinMethodType, CellType, FunctionType, MethodType

from intertie.adapters.stores.memory.limiter import MemoryLimiter
from intertie.adapters.stores.sqlite.background import _Thread
from intertie.client import Integration
from intertie.core.bells import ThreadBell

_LOCK, _RLOCK = type(threading.Lock()), type(threading.RLock())
_AWHILE_S = 20.0
"""So long may a thread of the background have a lock that it will let go of."""
_LOOKED_INTO = (dict, list, tuple, set, deque, partial, FunctionType, CellType, MethodType, BuiltinMethodType)


class LeftOver:
    """What `api` holds; its locks are those that it had when this was made.

    Where a lock is held that nobody holds any more, whatever is asked would wait for it: so that is looked at first.
    """

    def __init__(self, api: Integration) -> None:
        self._api = api
        self._locks = list(locks_of(api))

    def __call__(self) -> list[str]:
        """Return what is still taken, each in words; empty where all is free."""
        locked = [f"a lock of {owner}" for owner, lock in self._locks if _is_stuck(lock)]
        if locked:
            return locked
        now = self._api.statistics()
        counted = {
            **self._turns(),
            "probes": sum(breaker.probes for breaker in now.breakers.values()),
            "reserved": 0 if now.ledger is None else now.ledger.reserved,
            "connections": now.transport["open"] - now.transport["idle"],
            "in line for a connection": now.transport["waiting"],
        }
        return [f"{count} {name}" for name, count in counted.items() if count]

    def _turns(self) -> dict[str, int]:
        """Return what this process holds of limits and places; what it has not given out yet is nobody's."""
        held: dict[str, int] = {}
        for (_, scope), (core, _) in self._api._linked.surroundings.coordination._limiters.items():
            held[f"in line {scope}"] = len(core._seats)
            if isinstance(core, MemoryLimiter):
                held[f"in flight {scope}"] = core.snapshot().in_flight
                held[f"leaving {scope}"] = len(core._out)
            else:
                held[f"in flight {scope}"] = core._flying
                held[f"leaving {scope}"] = sum(len(share.out) for share in (*core._shares, *core._untold.over))
        return held


def _is_stuck(lock: object) -> bool:
    if isinstance(lock, _RLOCK):
        return bool(lock._is_owned())  # by this thread, which is in none of our functions
    if not lock.acquire(timeout=_AWHILE_S):
        return True
    lock.release()
    return False


def locks_of(root: object) -> Iterator[tuple[str, object]]:
    """Yield all locks that can be reached from `root` within the product, and whose they are."""
    seen: set[int] = set()
    todo: list[object] = [root]
    while todo:
        owner = todo.pop()
        if id(owner) in seen or isinstance(owner, ThreadBell | _Thread):  # held while nobody rings, or it runs
            continue
        seen.add(id(owner))
        for part in gc.get_referents(owner):
            if isinstance(part, _LOCK | _RLOCK):
                yield _name(owner), part
            elif _is_ours(part):
                todo.append(part)


def _name(owner: object) -> str:
    if isinstance(owner, dict):
        return f"something with {', '.join(map(str, list(owner)[:4]))}"
    return type(owner).__qualname__


def _is_ours(part: object) -> bool:
    if isinstance(part, dict) and "__builtins__" in part:
        return False  # the globals of a module
    if isinstance(part, FunctionType):
        return part.__module__.startswith("intertie.")
    return isinstance(part, _LOOKED_INTO) or type(part).__module__.startswith("intertie.")
