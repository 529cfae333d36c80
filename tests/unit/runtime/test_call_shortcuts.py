"""What a plain call must not skip: it does all that a call with `explain` does, which always goes the long way."""

import pytest
from msgspec.structs import replace

from intertie.testing import Answer, Bench, assert_answered, make_bench, make_operation, make_plan
from support.plans import per_second, retries

LONG_WAY = pytest.mark.parametrize("explain", [False, True], ids=["plain", "explained"])


class Troubled:
    """A store that works, and has something to say about itself."""

    def __init__(self, store: object, *sentences: str) -> None:
        self._store = store
        self._sentences = sentences

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def problems(self) -> tuple[str, ...]:
        return self._sentences


def with_troubles(bench: Bench, **stores: str) -> Bench:
    """The same plan and script on stores of which the named ones have a problem."""
    around = bench.surroundings
    troubled = replace(around, **{name: Troubled(getattr(around, name), said) for name, said in stores.items()})
    return make_bench(bench.plan, [Answer(json={"id": 1})], clock=bench.clock, state=troubled)


@LONG_WAY
@pytest.mark.parametrize(
    ("operation", "reused", "opened"),
    [("get_thing", 1, 0), ("create_keyed_thing", 1, 0), ("create_thing", 0, 1)],
)
def test_only_what_can_be_replayed_goes_out_on_a_connection_in_doubt(drive, explain, operation, reused, opened):
    """A pooled connection may be stale: a POST without a key gets one that was opened for it."""
    bench = make_bench(make_plan(), [Answer(json={"id": 1})])
    bench.transport.sure = False
    assert_answered(drive(bench, bench.linked.run(operation, {}, explain=explain)))
    assert (bench.transport.reused, bench.transport.opened) == (reused, opened)


@LONG_WAY
@pytest.mark.parametrize("store", ["coordination", "journal"])
def test_every_caller_hears_of_a_store_in_trouble(drive, explain, store):
    """A success carries the store's own sentence as a warning, however plain it is."""
    bench = with_troubles(make_bench(make_plan()), **{store: "the state file x.db can't be used"})
    answered = assert_answered(drive(bench, bench.linked.run("get_thing", {}, explain=explain)))
    assert answered.warnings == ("the state file x.db can't be used",)


@LONG_WAY
@pytest.mark.parametrize("status", [200, 202, 301, 400, 404, 409, 500, 502, 504])
def test_retry_after_concerns_everybody_only_where_it_speaks_of_the_limit(drive, explain, status):
    """After a 202 it says when to look for the result, after a 301 or a 500 something about this one call."""
    plan = make_plan(make_operation("get_thing", statuses=("200", "202")), limits=per_second(100), retry=retries(1))
    bench = make_bench(plan, [Answer(status, json={}, headers={"Retry-After": "30"}), Answer(json={})])
    drive(bench, bench.linked.run("get_thing", {}, explain=explain))
    assert bench.linked.statistics().limiter.paused_for_s == 0.0
    assert_answered(drive(bench, bench.linked.run("get_thing", {}, explain=explain)))
    assert bench.transport.stamps == [1000.0, 1000.0]
