"""What a limit says when it refuses, and what it waits for."""

import pytest

from intertie.adapters.stores.errors import StoreUnavailable
from intertie.core.errors import RateLimited
from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.runtime.state import LimitRefusal, Permit, ServerHint
from intertie.runtime.stepping import run_blocking
from intertie.testing import Answer, assert_answered, assert_failed, make_bench, make_plan
from support.plans import DRIVES, per_second, timeouts
from support.store_kit import KEY, StoreKit


@pytest.fixture
def kit(tmp_path):
    made = StoreKit("sqlite", tmp_path)
    yield made
    made.close()


@pytest.fixture
def breaks(monkeypatch):
    """Have the file of a store fail from now on."""

    def fail(store):
        def unusable(*args, **options):
            raise StoreUnavailable("the state file can't be used (disk I/O error)", url=store.url)

        for verb in ("write", "read"):
            monkeypatch.setattr(store._database, verb, unusable)

    return fail


def acquire(limiter, kit):
    """Ask for a turn that there is now."""
    return run_blocking(limiter.acquire(deadline_s=kit.clock.monotonic_s()))


def test_without_its_store_a_limit_speaks_of_no_pause(kit, breaks):
    """Nobody asked for one: the process goes on with its part of the limit, and what it refuses it refuses by that."""
    coordination = kit.coordination()
    limiter = coordination.limiter(KEY, LimiterOptions((Window(1.0, 2),)))
    breaks(coordination)
    assert all(isinstance(acquire(limiter, kit), Permit) for _ in range(2))
    refused = acquire(limiter, kit)
    assert isinstance(refused, LimitRefusal)
    assert refused.reason == "window"
    assert refused.retry_after_s == pytest.approx(1.0, abs=0.05)
    assert limiter.snapshot().paused_for_s == 0


def test_without_its_store_a_pause_of_the_service_still_holds(kit, breaks):
    """What the service asked for before the store went is what a refusal speaks of."""
    coordination = kit.coordination()
    limiter = coordination.limiter(KEY, LimiterOptions((Window(1.0, 2),)))
    run_blocking(limiter.observe(ServerHint(pause_s=5.0, throttled=True), deadline_s=kit.clock.monotonic_s() + 1))
    breaks(coordination)
    refused = acquire(limiter, kit)
    assert isinstance(refused, LimitRefusal)
    assert (refused.reason, refused.retry_after_s) == ("pause", pytest.approx(5.0, abs=0.1))


@pytest.mark.parametrize("drive", sorted(DRIVES))
@pytest.mark.parametrize(("pause_s", "is_waited_for"), [(4.999, True), (5.0, False), (5.001, False)])
def test_a_pause_is_waited_for_where_it_ends_before_the_call_does(drive, pause_s, is_waited_for):
    """Whoever has no instant left after it is refused at once, instead of waiting in vain."""
    bench = make_bench(make_plan(limits=per_second(10), timeouts=timeouts(5.0)), [Answer(json={"id": 1})])
    bench.linked.guards.limiter.pause(pause_s)
    outcome = DRIVES[drive](bench, bench.linked.run("get_thing", {}))
    if is_waited_for:
        assert_answered(outcome)
        assert bench.transport.stamps == pytest.approx([1000.0 + pause_s])
    else:
        refused = assert_failed(outcome, RateLimited)
        assert "paused" in refused.error.message
        assert bench.clock.now_s == 1000.0
