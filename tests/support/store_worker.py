"""What processes do to a shared store in the tests: `python -m support.store_worker take|fork ROOT`."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from decimal import Decimal
from pathlib import Path

from intertie.adapters.stores import InlineOffload, open_coordination, open_journal
from intertie.core.clock import BlockingClock
from intertie.core.errors import Reach
from intertie.core.money import ONE_UNIT
from intertie.core.rng import SystemRng
from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.runtime.state import Permit, QueueItem, Reservation
from intertie.runtime.state_key import StateKey
from intertie.runtime.stepping import run_blocking
from support.store_kit import KEY, flat_price

URL = "sqlite:///state.db"
LIMITS = {
    "low": LimiterOptions((Window(1.0, 2),)),
    "bucket": LimiterOptions((Window(1.0, 300),), "token_bucket", burst=60),
    "fixed": LimiterOptions((Window(0.5, 100),), "fixed_window"),
    "concurrent": LimiterOptions((Window(1.0, 1000),), concurrent=3),
}
BUDGET_CALLS = 500_000


def surroundings(root: Path) -> dict:
    return {"clock": BlockingClock(), "rng": SystemRng(), "offload": InlineOffload(), "root": root}


def take_permits(root: Path) -> None:
    """Take all that can be had of each limit until the instant the parent says; print the instants, and for `concurrent` begin and end."""
    coordination = open_coordination(URL, **surroundings(root))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    until_s = float(sys.stdin.readline())
    taken: dict[str, list] = {name: [] for name in LIMITS}

    def take_all(name: str) -> None:
        limiter = coordination.limiter(StateKey(name, "production"), LIMITS[name])
        while time.monotonic() < until_s:
            permit = limiter.acquire_nowait() or run_blocking(limiter.acquire(deadline_s=until_s))
            if not isinstance(permit, Permit):
                continue
            began_s = time.monotonic()
            if name == "concurrent":
                time.sleep(0.01)
                taken[name].append((began_s, time.monotonic()))
            else:
                taken[name].append(permit.stamp_s)
            limiter.finished(permit)

    threads = [threading.Thread(target=take_all, args=(name,)) for name in LIMITS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    coordination.close()
    sys.stdout.write(json.dumps(taken))


class Witness:
    """Lines in a file that outlive whoever wrote them."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def say(self, *words: object) -> None:
        os.write(self._file, (" ".join(map(str, words)) + "\n").encode())


def spend_until_killed(root: Path) -> None:
    """Reserve, send (say so), settle; without end."""
    ledger = open_journal(URL, **surroundings(root)).ledger(
        KEY, flat_price(monthly_limit=Decimal(BUDGET_CALLS) / 100, hard_stop=True)
    )
    witness = Witness(root / "witness")
    one = ONE_UNIT
    while True:
        reservation = ledger.reserve_nowait(one) or run_blocking(ledger.reserve(one))
        if not isinstance(reservation, Reservation):
            witness.say("refused")
            time.sleep(0.05)
            continue
        witness.say("sent")
        ledger.settle(reservation, quantity=one, reached=Reach.MAYBE)


def queue_until_killed(root: Path) -> None:
    """Enqueue and work off, with and without idempotency keys; without end."""
    journal = open_journal(URL, **surroundings(root))
    witness = Witness(root / "witness")
    number = 0
    while True:
        number += 1
        receipt = f"{os.getpid()}-{number}"
        key = None if number % 2 else receipt
        item = QueueItem(receipt, KEY, "create", b"{}", key, None, "", time.time(), None)
        witness.say("offering", receipt)
        run_blocking(journal.enqueue(item))
        witness.say("enqueued", receipt, "keyed" if key else "keyless")
        claimed = run_blocking(journal.claim())
        if claimed is not None:
            witness.say("sending", claimed.receipt)
            run_blocking(journal.complete(claimed.receipt, state="done"))
            witness.say("done", claimed.receipt)


def fork_and_take(root: Path) -> None:
    """Hold a share and a reservation, fork, and let both processes go on; the child's exit status says whether all was well."""
    coordination = open_coordination(URL, **surroundings(root))
    journal = open_journal(URL, **surroundings(root))
    limiter = coordination.limiter(KEY, LimiterOptions((Window(1.0, 1000),)))
    ledger = journal.ledger(KEY, flat_price())
    one = ONE_UNIT

    def use(calls: int) -> list[float]:
        stamps = []
        for _ in range(calls):
            permit = limiter.acquire_nowait() or run_blocking(limiter.acquire(deadline_s=time.monotonic() + 5))
            stamps.append(permit.stamp_s)
            reservation = ledger.reserve_nowait(one) or run_blocking(ledger.reserve(one))
            ledger.settle(reservation, quantity=one, reached=Reach.YES)
            limiter.finished(permit)
        return stamps

    use(50)
    child = os.fork()
    use(50)
    coordination.close()
    journal.close()
    if child == 0:
        os._exit(0)
    _, status = os.waitpid(child, 0)
    again = open_journal(URL, **surroundings(root))
    month = again.months()[0]
    again.close()
    sys.stdout.write(json.dumps([status, month.calls, str(month.reserved), str(month.unreconciled)]))


if __name__ == "__main__":
    {"take": take_permits, "fork": fork_and_take}[sys.argv[1]](Path(sys.argv[2]))
