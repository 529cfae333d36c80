"""What every caller is told stands on each call and on its line in the log, whatever way the call runs."""

import logging
from datetime import timedelta

import pytest

from intertie.runtime.fused import fuse
from intertie.runtime.plan import LoggingOptions
from intertie.runtime.policies.version.options import VersionOptions
from intertie.testing import Answer, assert_answered, make_bench, make_plan, price
from intertie.testing.virtual_time import EPOCH


@pytest.mark.parametrize("fused", [True, False])
def test_a_deprecated_integration_is_logged_as_a_warning(drive, caplog, fused):
    """A plain success of a deprecated integration is a warning: also where the spec logs nothing less."""
    plan = make_plan(status="deprecated", logging=LoggingOptions(level="warning"))
    bench = make_bench(plan, [Answer(json={})], fused=fused)
    with caplog.at_level(logging.DEBUG, "intertie"):
        answered = assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    assert answered.warnings == ("INT-900 (things) is deprecated: plan to stop using it",)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert caplog.records[0].intertie["warnings"] == list(answered.warnings)


def test_what_the_plan_warns_of_reaches_the_caller(drive):
    """Warnings that were made when the plan was opened are told once each."""
    plan = make_plan(status="deprecated", warnings=("state is kept in memory",))
    bench = make_bench(plan, [Answer(json={})])
    answered = assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    assert answered.warnings[1:] == ("state is kept in memory",)


@pytest.mark.parametrize("fused", [True, False])
@pytest.mark.parametrize("days_left", [400, 91, 90, 1, 0, -1])
@pytest.mark.parametrize("asked", [None, "old"])
def test_a_version_is_warned_of_from_ninety_days_before_its_end(drive, fused, days_left, asked):
    """Both paths warn the callers of that version from the same day on, and nobody else."""
    ends = EPOCH.date() + timedelta(days=days_left)
    plan = make_plan(version=VersionOptions("header", "Api-Version", "new", ("new", "old"), (("old", ends),)))
    bench = make_bench(plan, [Answer(json={})], fused=fused)
    answered = assert_answered(drive(bench, bench.linked.run("get_thing", {}, version=asked)))
    assert bool(answered.warnings) is (asked == "old" and days_left <= 90)


def test_a_version_with_an_end_that_is_far_stays_on_the_fused_path():
    """The schedule alone costs a call nothing but a look at the date."""
    ends = EPOCH.date() + timedelta(days=400)
    plan = make_plan(version=VersionOptions("header", "Api-Version", "new", ("new", "old"), (("old", ends),)))
    bench = make_bench(plan, [Answer(json={})])
    assert fuse(bench.linked._operations["get_thing"], ()) is not None


@pytest.mark.parametrize("fused", [True, False])
def test_a_budget_warns_from_its_mark_on(drive, caplog, fused):
    """From the call that brings the month to `alert_at` on, results and the log say so; before it nothing does."""
    pricing = price("0.01", monthly_limit="0.05", alert_ratio=0.8)
    bench = make_bench(make_plan(pricing=pricing), [Answer(json={})], fused=fused)
    warned = []
    with caplog.at_level(logging.WARNING, "intertie"):
        warned += [assert_answered(drive(bench, bench.linked.run("get_thing", {}))).warnings for _ in range(5)]
    sentence = "get_thing: 80 % or more of this month's budget of 0.05 EUR is used"
    assert warned == [(), (), (), (sentence,), (sentence,)]
    assert [record.intertie["warnings"] for record in caplog.records] == [[sentence], [sentence]]


@pytest.mark.parametrize("fused", [True, False])
def test_a_budget_without_a_mark_warns_of_nothing(drive, fused):
    """No `alert_at`, no warning; a mark without a limit has nothing to be a share of."""
    for more in ({"monthly_limit": "0.01", "hard_stop": False}, {"alert_ratio": 0.5}):
        bench = make_bench(make_plan(pricing=price(**more)), [Answer(json={})], fused=fused)
        for _ in range(3):
            assert assert_answered(drive(bench, bench.linked.run("get_thing", {}))).warnings == ()
