"""The reasons of the stage order (docs/adr/0001-stage-order.md), each as something that any call would show."""

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from intertie.core.errors import BudgetExceeded, CircuitOpen
from intertie.runtime.call import Failed, Kind
from intertie.runtime.order import ORDER
from intertie.runtime.policies.auth.options import AuthOptions
from intertie.testing import Answer, make_bench, make_operation, make_plan, price
from support.call_strategies import operations, plans, scripts
from support.mapped_operations import mapping_row
from support.plans import DRIVES, at_once, breaker, per_second, retries, timeouts

POSITION = {guard.stage: index for index, guard in enumerate(ORDER)}
INWARD = {
    ("circuit_breaker", "admit"), ("circuit_breaker", "half_open"), ("budget", "reserve"),
    ("authentication", "credential"), ("connection", "connect"), ("rate_limit", "wait"), ("rate_limit", "permit"),
    ("send", "attempt"), ("classify", "classified"),
}  # fmt: skip
"""What happens on the way to the wire, once an attempt at most."""


def explained(bench, operation):
    outcome = DRIVES["blocking"](bench, bench.linked.run(operation, {}, explain=True))
    return outcome, [(event.stage, event.event) for event in outcome.events]


def attempts_of(events):
    """Return the events of each attempt: what lies between one decision to try again and the next."""
    found = [[]]
    for event in events:
        if event == ("retry", "retry"):
            found.append([])
        elif event in INWARD:
            found[-1].append(event)
    return found


@settings(deadline=None, max_examples=200)
@given(plans(), scripts, operations, st.booleans())
def test_every_attempt_goes_through_its_stages_in_order_and_once(plan, script, operation, pooled):
    """Breaker, budget, credential, connection, permit, bytes: each after the one that can still refuse for nothing."""
    keyed = replace(plan, auth=AuthOptions("api_key", secret="env:KEY"))
    bench = make_bench(keyed, script, secrets={"env:KEY": "s"}, pooled=pooled)
    for _ in range(3):
        _, events = explained(bench, operation)
        for attempt in attempts_of(events):
            assert len(set(attempt)) == len(attempt)
            places = [POSITION[stage] for stage, _ in attempt]
            assert places == sorted(places)
            if ("send", "attempt") in attempt:
                assert ("rate_limit", "permit") in attempt
                assert ("authentication", "credential") in attempt


@settings(deadline=None, max_examples=100)
@given(plans(), scripts, operations)
def test_a_fallback_sees_the_final_outcome_only(plan, script, operation):
    """Nothing is sent after the fallback has spoken, and it speaks once."""
    bench = make_bench(plan, script)
    for _ in range(3):
        _, events = explained(bench, operation)
        spoken = [index for index, (stage, _) in enumerate(events) if stage == "fallback"]
        assert len(spoken) <= 1
        if spoken:
            assert all(event not in INWARD for event in events[spoken[0] :])


@settings(deadline=None, max_examples=40)
@given(st.lists(st.sampled_from([0.0, 0.3, 0.7]), min_size=4, max_size=12), st.integers(1, 3))
def test_slow_connections_never_bunch_permits(connects, limit):
    """The permit is taken when the connection is there: however long that took, the bytes keep to the limit."""
    plan = make_plan(limits=per_second(limit), timeouts=timeouts(60.0))
    script = [Answer(json={}, connect_s=seconds) for seconds in connects]
    bench = make_bench(plan, script, pooled=False)
    at_once(bench, *(bench.linked.run("get_thing", {}) for _ in connects))
    stamps = sorted(bench.transport.stamps)
    assert len(stamps) == len(connects)
    for index, stamp in enumerate(stamps[limit:]):
        assert stamp - stamps[index] >= 1.0 - 1e-6


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 3), st.integers(4, 12))
def test_who_waited_while_the_circuit_opened_gives_everything_back(threshold, calls):
    """The second look: no permit, no cost and no bytes for a service that was found down meanwhile."""
    plan = make_plan(
        breaker=breaker(threshold, open_s=600.0), pricing=price(), limits=per_second(1), timeouts=timeouts(60.0)
    )
    bench = make_bench(plan, [Answer(500)])
    outcomes = at_once(bench, *(bench.linked.run("get_thing", {}) for _ in range(calls)))
    refused = [o for o in outcomes if isinstance(o, Failed) and isinstance(o.error, CircuitOpen)]
    after = bench.linked.statistics()
    assert len(bench.transport.received) == min(threshold, calls)
    assert len(refused) == calls - len(bench.transport.received)
    assert after.ledger.calls == len(bench.transport.received)
    assert after.ledger.reserved == 0
    assert after.limiter.in_flight == 0


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 4), st.integers(5, 9))
def test_a_budget_refusal_takes_no_turn_and_no_connection(affordable, calls):
    """What is not paid for waits for nothing and holds nothing."""
    plan = make_plan(pricing=price(monthly_limit=f"0.0{affordable}"), limits=per_second(50))
    bench = make_bench(plan, [Answer(json={})])
    outcomes = [explained(bench, "get_thing") for _ in range(calls)]
    for outcome, events in outcomes[affordable:]:
        assert isinstance(outcome.error, BudgetExceeded)
        assert not any(stage in {"connection", "rate_limit", "send", "retry"} for stage, _ in events)
    assert bench.linked.statistics().limiter.windows[0].used == affordable


@settings(deadline=None, max_examples=40)
@given(scripts)
def test_a_mapping_fault_of_ours_meets_no_guard(script):
    """The input is mapped once, outside of everything: nothing is asked of limiter, breaker or ledger for it."""
    unmappable = make_operation("get_thing", outbound=(mapping_row("missing", "id", required=True),))
    plan = make_plan(unmappable, breaker=breaker(1), pricing=price(), limits=per_second(5), retry=retries(3))
    bench = make_bench(plan, script)
    before = bench.linked.statistics()
    outcome, events = explained(bench, "get_thing")
    assert isinstance(outcome, Failed)
    assert outcome.kind is Kind.MAPPING_FAULT
    assert [stage for stage, _ in events] == ["outbound_mapping"]
    after = bench.linked.statistics()
    assert (after.limiter, after.breakers, after.ledger) == (before.limiter, before.breakers, before.ledger)
    assert bench.transport.received == []
