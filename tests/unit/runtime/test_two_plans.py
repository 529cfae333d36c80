"""Two plans on one state, as while a new version of a spec is rolled out: the stricter holds until it is closed."""

from intertie.core.errors import BudgetExceeded, CircuitOpen, RateLimited
from intertie.testing import Answer, assert_answered, assert_failed, make_bench, make_plan, price
from support.plans import breaker, per_second

RATE = {"on_limit": "reject"}


def two(drive, script, old, new):
    first = make_bench(make_plan(**old), script)
    return first, make_bench(make_plan(**new), script, clock=first.clock, state=first.surroundings)


def test_the_lower_limit_holds_until_its_plan_is_closed(drive):
    """Of three calls in a second the old plan allows two, through whichever plan they go; closed, it holds nobody back."""
    old, new = two(drive, [Answer(json={})] * 6, {"limits": per_second(2, **RATE)}, {"limits": per_second(5, **RATE)})
    assert_answered(drive(new, new.linked.run("get_thing", {})))
    assert_answered(drive(old, old.linked.run("get_thing", {})))
    assert_failed(drive(new, new.linked.run("get_thing", {})), RateLimited)
    drive(old, old.linked.aclose())
    for _ in range(3):
        assert_answered(drive(new, new.linked.run("get_thing", {})))
    assert_failed(drive(new, new.linked.run("get_thing", {})), RateLimited)


def test_the_lower_threshold_opens_for_both(drive):
    """What one plan counts, opens the breaker of the other by the stricter of their thresholds."""
    old, new = two(drive, [Answer(status=500)] * 4, {"breaker": breaker(2)}, {"breaker": breaker(9)})
    for _ in range(2):
        drive(new, new.linked.run("get_thing", {}))
    assert_failed(drive(new, new.linked.run("get_thing", {})), CircuitOpen)
    assert_failed(drive(old, old.linked.run("get_thing", {})), CircuitOpen)


def test_the_lower_budget_holds_until_its_plan_is_closed(drive):
    """The old plan pays two calls, the new one five: the third is refused until the old plan is closed."""
    old, new = two(
        drive,
        [Answer(json={})] * 6,
        {"pricing": price(monthly_limit="0.02", hard_stop=True)},
        {"pricing": price(monthly_limit="0.05", hard_stop=True)},
    )
    for _ in range(2):
        assert_answered(drive(new, new.linked.run("get_thing", {})))
    assert_failed(drive(new, new.linked.run("get_thing", {})), BudgetExceeded)
    drive(old, old.linked.aclose())
    for _ in range(3):
        assert_answered(drive(new, new.linked.run("get_thing", {})))
    assert_failed(drive(new, new.linked.run("get_thing", {})), BudgetExceeded)
