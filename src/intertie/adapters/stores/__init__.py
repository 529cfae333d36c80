"""The stores behind `Coordination` and `Journal`, opened by URL."""

from __future__ import annotations

from math import inf
from pathlib import Path

from intertie.adapters.stores.aside import AsideOffload
from intertie.adapters.stores.errors import StoreUnavailable
from intertie.adapters.stores.offload import InlineOffload, ThreadOffload
from intertie.adapters.stores.sqlite.location import SCHEME, database_path
from intertie.core.clock import Clock
from intertie.core.errors import UsageError
from intertie.core.rng import Rng
from intertie.runtime.state import Coordination, Journal, Offload

__all__ = [
    "AsideOffload",
    "InlineOffload",
    "StoreUnavailable",
    "ThreadOffload",
    "open_coordination",
    "open_journal",
    "state_folder",
]

STORE_DOWN = ("fair_share", "refuse", "allow")
DURABILITIES = ("process", "power")


def open_coordination(
    url: str, *, clock: Clock, rng: Rng, offload: Offload, root: Path, store_down: str = "fair_share"
) -> Coordination:
    """Return what callers share while they run.

    Args:
        url: `memory://` or `sqlite:///path`; a relative path is relative to `root`.
        clock: The clock callers wait on.
        rng: Draws the names of owners.
        offload: Where the store's blocking work runs.
        root: Workspace root.
        store_down: What holds while the store is unavailable: `fair_share`, `refuse` or `allow`.

    Raises:
        StoreUnavailable: It can't be opened; the message says why and what to do.
        UsageError: There is no such kind of store, or no such option.
    """
    if store_down not in STORE_DOWN:
        msg = f"store_down is {store_down!r}; use one of {', '.join(STORE_DOWN)}"
        raise UsageError(msg)
    if url == "memory://":
        from intertie.adapters.stores.memory.coordination import MemoryCoordination  # noqa: PLC0415  # light import

        return MemoryCoordination(clock, url)
    if url.startswith(SCHEME):
        from intertie.adapters.stores.sqlite.coordination import SqliteCoordination  # noqa: PLC0415  # light import

        path = database_path(url, root)
        return SqliteCoordination(path, url, clock=clock, rng=rng, offload=offload, store_down=store_down)
    raise UsageError(_unknown(url))


def open_journal(
    url: str,
    *,
    clock: Clock,
    rng: Rng,
    offload: Offload,
    root: Path,
    durability: str = "process",
    history_s: float = inf,
    is_audit: bool = False,
) -> Journal:
    """Return what must survive.

    Args:
        url: `memory://` or `sqlite:///path`; a relative path is relative to `root`.
        clock: The clock callers wait on.
        rng: Draws the names of owners.
        offload: Where the store's blocking work runs.
        root: Workspace root.
        durability: `process` survives a killed process, `power` a power cut too.
        history_s: How long finished calls are kept.
        is_audit: Calls that this process records are a strict audit, which age does not end.

    Raises:
        StoreUnavailable: It can't be opened; the message says why and what to do.
        UsageError: There is no such kind of store, or no such option.
    """
    if durability not in DURABILITIES:
        msg = f"durability is {durability!r}; use one of {', '.join(DURABILITIES)}"
        raise UsageError(msg)
    if url == "memory://":
        from intertie.adapters.stores.memory.journal import MemoryJournal  # noqa: PLC0415  # light import

        return MemoryJournal(clock, url, history_s=inf if is_audit else history_s)
    if url.startswith(SCHEME):
        from intertie.adapters.stores.sqlite.journal import SqliteJournal  # noqa: PLC0415  # light import

        path = database_path(url, root)
        return SqliteJournal(
            path,
            url,
            clock=clock,
            rng=rng,
            offload=offload,
            durability=durability,
            history_s=history_s,
            is_audit=is_audit,
        )
    raise UsageError(_unknown(url))


def state_folder(url: str, root: Path) -> Path | None:
    """Return the folder that a store's file lies in, None where it is no file, or the URL names none."""
    if not url.startswith(SCHEME):
        return None
    try:
        return database_path(url, root).parent
    except StoreUnavailable:
        return None  # said when the store is opened


def _unknown(url: str) -> str:
    scheme = url.split("://", 1)[0]
    return f"no store is known for {scheme + '://'!r}; use 'sqlite:///path/to/state.db' or 'memory://'"
