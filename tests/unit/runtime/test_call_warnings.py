"""What every caller is told stands on each call and on its line in the log, whatever way the call runs."""

import logging

import pytest

from intertie.runtime.plan import LoggingOptions
from intertie.testing import Answer, assert_answered, make_bench, make_plan


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
