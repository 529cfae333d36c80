"""The caller's own idempotency key: given as an option or under the header's name, it is the key of the whole call."""

import pytest

from intertie.core.errors import InvalidInput, UsageError
from intertie.runtime.policies.fallback.options import FallbackOptions
from intertie.testing import Answer, Failure, assert_answered, make_bench, make_plan
from support.plans import retries

PLAN = make_plan(fallback=FallbackOptions("queue"), retry=retries(2))


def keys_sent(bench):
    return [dict(received.request.headers)["Idempotency-Key"] for received in bench.transport.received]


@pytest.mark.parametrize("name", ["Idempotency-Key", "idempotency-key", "idempotency_key"])
def test_a_key_in_the_input_is_the_key_of_the_queue_too(drive, name):
    """What was tried, what waits and what is sent later have one and the same key."""
    bench = make_bench(PLAN, [Failure("read"), Failure("read"), Answer(json={})])
    assert_answered(drive(bench, bench.linked.run("create_keyed_thing", {"a": 1, name: "order-7"})))
    (item,) = bench.surroundings.journal.queue(PLAN.key)
    assert item.idempotency_key == "order-7"
    drive(bench, bench.linked.replay())
    assert keys_sent(bench) == ["order-7"] * 3


def test_the_same_key_given_twice_is_one(drive):
    """The option and the header agree."""
    bench = make_bench(PLAN, [Answer(json={})])
    given = {"a": 1, "Idempotency-Key": "order-7"}
    assert_answered(drive(bench, bench.linked.run("create_keyed_thing", given, idempotency_key="order-7")))
    assert keys_sent(bench) == ["order-7"]


def test_two_different_keys_are_refused(drive):
    """Nobody could tell which one holds."""
    bench = make_bench(PLAN, [Answer(json={})])
    given = {"a": 1, "Idempotency-Key": "order-7"}
    with pytest.raises(InvalidInput, match="two different"):
        drive(bench, bench.linked.run("create_keyed_thing", given, idempotency_key="order-8"))
    assert bench.transport.received == []


@pytest.mark.parametrize("key", ["", "  "])
def test_an_empty_key_is_refused(drive, key):
    """The service would take all calls with an empty key for one, or none for another's repetition."""
    bench = make_bench(PLAN, [Answer(json={})])
    with pytest.raises(UsageError, match="empty"):
        drive(bench, bench.linked.run("create_keyed_thing", {"a": 1}, idempotency_key=key))
    with pytest.raises(UsageError, match="empty"):
        drive(bench, bench.linked.run("create_keyed_thing", {"a": 1, "Idempotency-Key": key}))
    assert bench.transport.received == []


@pytest.mark.parametrize("timeout_s", ["5", True, object(), float("inf")])
def test_a_timeout_that_is_no_number_is_refused_by_name(drive, timeout_s):
    """The caller's mistake is told as one."""
    bench = make_bench(PLAN, [Answer(json={})])
    with pytest.raises(UsageError, match="timeout_s"):
        drive(bench, bench.linked.run("create_keyed_thing", {}, timeout_s=timeout_s))


@pytest.mark.parametrize("key", [7, b"order"])
def test_a_key_that_is_no_text_is_refused_by_name(drive, key):
    """The caller's mistake is told as one."""
    bench = make_bench(PLAN, [Answer(json={})])
    with pytest.raises(UsageError, match="idempotency_key"):
        drive(bench, bench.linked.run("create_keyed_thing", {}, idempotency_key=key))


def test_an_input_that_is_no_object_is_refused_by_name(drive):
    """Looking for a key in it is no reason to fail otherwise."""
    bench = make_bench(PLAN, [Answer(json={})])
    with pytest.raises(InvalidInput, match="object"):
        drive(bench, bench.linked.run("create_keyed_thing", None))
