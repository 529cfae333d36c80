"""One linked plan, called from many threads at once, on real time."""

import threading
from decimal import Decimal
from pathlib import Path

import pytest

from intertie.adapters.stores import InlineOffload, open_coordination, open_journal
from intertie.core.clock import BlockingClock
from intertie.core.rng import SystemRng
from intertie.runtime.linked import LinkedPlan
from intertie.runtime.plan import LoggingOptions
from intertie.runtime.policies.auth.options import AuthOptions
from intertie.runtime.policies.limiter.options import LimiterOptions
from intertie.runtime.stepping import run_blocking
from intertie.runtime.surroundings import Surroundings
from intertie.testing import Answer, ScriptedTransport, StaticSecrets, make_plan, price
from support.plans import breaker, retries

THREADS, CALLS = 6, 30


def linked_on(url: str, root: Path):
    clock, rng, offload = BlockingClock(), SystemRng(), InlineOffload()
    transport = ScriptedTransport(clock, lambda _, number: Answer(503 if number % 10 == 9 else 200, json={}))
    coordination = open_coordination(url, clock=clock, rng=rng, offload=offload, root=root)
    journal = open_journal(url, clock=clock, rng=rng, offload=offload, root=root)
    plan = make_plan(
        limits=LimiterOptions(concurrent=4),
        breaker=breaker(50),
        pricing=price("0.01", monthly_limit="1000"),
        retry=retries(4, initial_delay_s=0.0, max_delay_s=0.0, budget_ratio=1.0),
        auth=AuthOptions("api_key", secret="env:KEY"),
        logging=LoggingOptions("critical"),
    )
    around = Surroundings(clock, rng, transport, coordination, journal, StaticSecrets({"env:KEY": "s"}))
    return LinkedPlan(plan, around), transport, coordination, journal


def hammer(linked: LinkedPlan) -> list:
    outcomes = []

    def work():
        for number in range(CALLS):
            name = "get_thing" if number % 2 else "create_keyed_thing"
            outcomes.append(run_blocking(linked.run(name, {})))

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def check(linked: LinkedPlan, transport: ScriptedTransport, outcomes: list) -> None:
    assert len(outcomes) == THREADS * CALLS
    assert {type(outcome).__name__ for outcome in outcomes} == {"Answered"}
    assert sum(outcome.attempts for outcome in outcomes) == len(transport.received)
    assert sum(outcome.cost.amount for outcome in outcomes) == Decimal(len(transport.received)) / 100
    assert transport.most_in_flight <= 4
    after = linked.statistics()
    assert (after.ledger.calls, after.ledger.amount) == (
        len(transport.received),
        Decimal(len(transport.received)) / 100,
    )
    keys = [dict(received.request.headers).get("Idempotency-Key") for received in transport.received]
    assert len({key for key in keys if key}) == THREADS * CALLS // 2


@pytest.mark.parametrize("url", ["memory://", "sqlite:///state.db"])
def test_threads_share_one_plan(url, tmp_path):
    """Nothing is counted twice, lost or left taken, whatever the store."""
    linked, transport, coordination, journal = linked_on(url, tmp_path)
    check(linked, transport, hammer(linked))
    if url == "memory://":  # a shared store hears of finished flights in groups
        assert linked.statistics().limiter.in_flight == 0
    journal.flush()
    assert len({record.call_id for record in journal.records(limit=10_000)}) == THREADS * CALLS
    coordination.close()
    journal.close()
