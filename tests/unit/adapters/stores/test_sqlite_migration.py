"""A file that an older version wrote, with rows in every table, is read on."""

from __future__ import annotations

import sqlite3
import threading

import msgspec
import pytest

from intertie.adapters.stores.sqlite.database import Database
from intertie.adapters.stores.sqlite.migrations import APPLICATION_ID, scripts
from intertie.runtime.policies.breaker.options import BreakerOptions
from intertie.runtime.policies.breaker.state import Circuit
from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.runtime.state import CallRecord, QueueItem
from intertie.runtime.state_key import StateKey
from intertie.runtime.stepping import run_blocking
from support.store_kit import StoreKit, flat_price

KEY = StateKey("INT-001", "production")
SANDBOX = StateKey("INT-001", "sandbox")
LIMITS = LimiterOptions((Window(60.0, 5),))
LIMITER_STATE = {"limit": {}, "flights": {}, "askers": {}, "looked_s": 0.0}
ENTRY = {
    "key": "INT-001@production", "call_id": "c1", "at_s": 100.0, "operation": "create_charge", "caller": "shop",
    "outcome": "success", "status": 201, "attempts": 2, "elapsed_s": 0.25, "amount": "0.01", "currency": "EUR",
    "fallback": None, "reached": "yes", "decisions": ["key", "permit"],
}  # fmt: skip


def an_old_file(kit: StoreKit, *, calls: int = 2, first: str = "success") -> None:
    """Write a file as the first schema had it: one text is the key of each row."""
    path = kit.root / "state" / "state.db"
    path.parent.mkdir(mode=0o700)
    connection = sqlite3.connect(path)
    connection.executescript(scripts()[0][1])
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute("PRAGMA user_version = 1")
    open_circuit = Circuit(BreakerOptions())
    open_circuit.force("open")
    limits, pricing = msgspec.json.encode(LIMITS).decode(), msgspec.json.encode(flat_price())
    rows = {
        "limiter (key, at_s, options, state)": [
            ("INT-001@production", 1.0, limits, msgspec.msgpack.encode(used(kit, 3))),
        ],
        "breaker (key, version, state)": [
            ("INT-001@production", 7, Circuit(BreakerOptions()).dump()),
            ("INT-001@production/create_charge", 8, open_circuit.dump()),
        ],
        "answer (cache, key, data, status, kept_s, ends_s)": [
            ("INT-001@production", "digest", b"1", 200, kit.clock.utc_s(), kit.clock.utc_s() + 600),
        ],
        "month (key, month, currency, calls, quantity, pricing)": [
            ("INT-001@production", "2026-10", "USD", 40, "40", pricing),
            ("INT-001@production", "2026-11", "USD", 12, "12", pricing),
            ("INT-001@sandbox", "2026-11", "USD", 3, "3", pricing),
        ],
        "share (key, month, owner, calls, quantity, unspent)": [
            ("INT-001@production", "2026-11", "an-owner-that-died", 2, "2", "0"),
        ],
        "call (key, at_s, entry)": [
            ("INT-001@production", 100.0 + number, msgspec.msgpack.encode({**ENTRY, "call_id": f"c{number}", "outcome": "success" if number > 1 else first}))
            for number in range(1, calls + 1)
        ],
        "queued (receipt, key, operation, payload, idempotency_key, version, caller, enqueued_s, not_after_s, state, "
        "attempts, reason, owner)": [
            ("r1", "INT-001@production", "create_charge", b'{"a": 1}', "k1", "v1", "shop", 5.0, None, "pending", 1, "down", None),
            ("r2", "INT-001@sandbox", "create_charge", b"{}", None, None, "", 6.0, 7.0, "parked", 2, "unknown", None),
        ],
    }  # fmt: skip
    for table, values in rows.items():
        marks = ", ".join("?" * len(values[0]))
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", values)  # noqa: S608
    connection.commit()
    connection.close()


def used(kit: StoreKit, permits: int) -> dict:
    """Return the packed state of a limit of which so many permits are used."""
    other = StoreKit("sqlite", kit.root / "elsewhere")
    limiter = other.coordination().limiter(KEY, LIMITS)
    for _ in range(permits):
        limiter.finished(run_blocking(limiter.acquire(deadline_s=10.0)))
    other.close()
    database = sqlite3.connect(kit.root / "elsewhere" / "state" / "state.db")
    (state,) = database.execute("SELECT state FROM limiter").fetchone()
    database.close()
    return msgspec.msgpack.decode(state)


def test_every_row_becomes_the_declared_environments(tmp_path):
    """Limits, breakers, months, shares, history and queue are there under their keys; cached answers are not."""
    kit = StoreKit("sqlite", tmp_path)
    an_old_file(kit)
    coordination, journal = kit.coordination(), kit.journal()
    try:
        assert coordination.keys() == [KEY]
        assert coordination.limiter(KEY, LIMITS).snapshot().windows[0].used == 3
        assert coordination.breaker(KEY, BreakerOptions()).snapshot().forced is None
        assert coordination.breaker(KEY, BreakerOptions(), "create_charge").snapshot().forced == "open"
        assert run_blocking(coordination.cache(KEY).find("digest", ttl_s=600)) is None
        months = [(month.key, month.month, month.calls, month.unreconciled) for month in journal.months()]
        left = flat_price().tiers[0].cost * 2
        assert months == [(KEY, "2026-10", 40, 0), (KEY, "2026-11", 12, left), (SANDBOX, "2026-11", 3, 0)]
        assert [(month.key, month.calls) for month in journal.reconcile(KEY, give_back=False)] == [(KEY, 14)]
        assert journal.records() == [record("c2"), record("c1")]
        assert journal.records(KEY) == journal.records(integration="INT-001")
        assert journal.queue() == [
            QueueItem("r1", KEY, "create_charge", b'{"a": 1}', "k1", "v1", "shop", 5.0, None, "pending", 1, "down"),
            QueueItem("r2", SANDBOX, "create_charge", b"{}", None, None, "", 6.0, 7.0, "parked", 2, "unknown"),
        ]
        journal.record(record("c3"))
        journal.flush()
        assert [entry.call_id for entry in journal.records()] == ["c3", "c2", "c1"]
    finally:
        kit.close()


@pytest.mark.parametrize(("first", "kept"), [("success", []), ("started", ["c2", "c1"])])
def test_an_audit_of_an_older_version_is_kept(tmp_path, first, kept):
    """Its entries can't be told from others, but a file that has the beginning of a call was a strict audit's."""
    kit = StoreKit("sqlite", tmp_path)
    an_old_file(kit, first=first)
    journal = kit.journal(history_s=3600.0)
    try:
        journal.record(msgspec.structs.replace(record("c3"), at_s=kit.clock.utc_s()))
        journal.flush()
        journal._pruning.delete_batch()
        assert [entry.call_id for entry in journal.records()] == ["c3", *kept]
    finally:
        kit.close()


def test_all_who_open_an_old_file_at_once_find_it_migrated_once(tmp_path):
    """Whoever comes second waits for the first, and finds every row there once."""
    kit = StoreKit("sqlite", tmp_path)
    an_old_file(kit, calls=20_000)
    path = tmp_path / "state" / "state.db"
    counted: list[int] = []
    together = threading.Barrier(6)

    def open_it() -> None:
        together.wait()
        database = Database(path, "sqlite:///state/state.db")
        counted.append(database.read("SELECT count(*) FROM call")[0][0])
        database.close()

    threads = [threading.Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counted == [20_000] * 6


def record(call_id: str) -> CallRecord:
    return msgspec.convert(
        {**ENTRY, "call_id": call_id, "key": KEY},
        CallRecord,
    )
