"""What a plain call must not skip: it does all that a call with `explain` does, which always goes the long way."""

from datetime import date

import pytest
from msgspec.structs import replace

from intertie.runtime.policies.fallback.options import FallbackOptions
from intertie.runtime.policies.version.options import VersionOptions
from intertie.testing import Answer, Bench, Failure, assert_answered, make_bench, make_operation, make_plan
from intertie.testing.virtual_time import EPOCH
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


@LONG_WAY
@pytest.mark.parametrize("headers", [{"Sunset": "Fri, 01 Jan 2027 00:00:00 GMT"}, {"Deprecation": "@1795510800"}])
@pytest.mark.parametrize(
    "version", [None, VersionOptions("header", "Api-Version", "1", ("1",), (("1", date(2030, 1, 1)),))]
)
def test_what_the_service_announces_reaches_the_caller(drive, explain, headers, version):
    """A success with a notice in its headers is told with it."""
    bench = make_bench(make_plan(version=version), [Answer(json={}, headers=headers)])
    answered = assert_answered(drive(bench, bench.linked.run("get_thing", {}, explain=explain)))
    assert len(answered.warnings) == 1
    assert "the service says that this resource" in answered.warnings[0]


@LONG_WAY
@pytest.mark.parametrize("asked", [None, "1"])
def test_the_current_version_ends_too(drive, explain, asked):
    """Who names no version asks for the current one, and hears when that one ends."""
    version = VersionOptions("header", "Api-Version", "1", ("1", "2"), (("1", EPOCH.date()),))
    bench = make_bench(make_plan(version=version), [Answer(json={})])
    answered = assert_answered(drive(bench, bench.linked.run("get_thing", {}, version=asked, explain=explain)))
    assert answered.warnings == ("API version 1 ends on 2026-11-24, in 0 days",)


@LONG_WAY
@pytest.mark.parametrize("validate", ["warn", "off"])
def test_a_broken_answer_is_never_the_last_good_one(drive, explain, validate):
    """What would be kept is judged in every mode, also where the caller gets it as it is."""
    schema = {"type": "object", "required": ["id"]}
    plan = make_plan(
        make_operation("get_thing", schema=schema, validate=validate),
        fallback=FallbackOptions("cache", cache_ttl_s=100.0),
        retry=retries(1),
    )
    bench = make_bench(plan, [Answer(json={"id": 1}), Answer(json={}), Failure("connect")])
    for expected in ({"id": 1}, {}, {"id": 1}):
        answered = assert_answered(drive(bench, bench.linked.run("get_thing", {}, explain=explain)))
        assert answered.data == expected
    assert answered.fallback == "cache"
