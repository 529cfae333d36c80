"""Snapshots of a linked plan, as data."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from intertie.runtime.state import BreakerSnapshot, LedgerMonth, LimiterSnapshot
from intertie.runtime.state_key import StateKey


class PlanStatistics(msgspec.Struct, frozen=True):
    """A linked plan as it is now.

    Attributes:
        key: Whose state it is.
        breakers: Operation -> state, or one under `""` for all operations.
        retry_calls, retries: Of the retry budget's window, in this process.
        cache: `kept`, `served`, `missed` by this process; empty where nothing is cached.
        queue: State -> number of items: `pending`, `sending`, `parked`.
        ledger: The current month, None where nothing is paid.
        transport: Connections to the service: `open`, `idle`, `waiting`, `opened_total`, `reused_total`.
        guards: Stage -> scope -> what further guards say of themselves, JSON-ready.
        other_transports: The same for each other origin that was reached, by `scheme://host:port`.
    """

    key: StateKey
    limiter: LimiterSnapshot
    breakers: Mapping[str, BreakerSnapshot]
    retry_calls: int
    retries: int
    cache: Mapping[str, int]
    queue: Mapping[str, int]
    ledger: LedgerMonth | None
    transport: Mapping[str, int]
    other_transports: Mapping[str, Mapping[str, int]] = {}
    guards: Mapping[str, Mapping[str, Mapping[str, object]]] = {}


class ReplayReport(msgspec.Struct, frozen=True):
    """What a run of the queue's worker did.

    Attributes:
        sent: Receipts that the service took.
        parked: Receipt -> why nobody sends it again by itself.
        put_back: Receipt that waits on since the service is down; the run ended there.
        stopped: Why the run ended before the queue did, None where the queue is empty.
    """

    sent: tuple[str, ...] = ()
    parked: Mapping[str, str] = {}
    put_back: str | None = None
    stopped: str | None = None
