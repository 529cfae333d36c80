"""A limit that looks at its rules seldom, and counts departures in rows, decides as one that does so each time."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.runtime.policies.limiter.state import LimiterState, Share
from intertie.runtime.state import ServerHint

STEPS = st.one_of(
    st.tuples(st.just("take"), st.integers(1, 30)),
    st.tuples(st.just("depart"), st.integers(1, 30)),
    st.tuples(st.just("put_back"), st.integers(1, 3)),
    st.tuples(st.just("finish"), st.integers(1, 30)),
    st.tuples(st.just("wait"), st.sampled_from((1, 50, 400, 735, 1500))),
    st.tuples(st.just("pause"), st.sampled_from((1, 300))),
    st.tuples(st.just("left"), st.integers(0, 20)),
    st.tuples(st.just("used"), st.integers(10, 40)),
    st.tuples(st.just("lease"), st.integers(1, 40)),
    st.tuples(st.just("settle"), st.integers(0, 20)),
)


@example("fixed_window", 20, None, [("wait", 735)])
@example("sliding_window", 20, None, [("depart", 5), ("left", 8), ("take", 5)])
@example("sliding_window", 20, None, [("depart", 5), ("pause", 1), ("wait", 50), ("take", 3)])
@settings(deadline=None, max_examples=300)
@given(
    st.sampled_from(("sliding_window", "token_bucket", "fixed_window")),
    st.integers(10, 40),
    st.sampled_from((None, 40)),
    st.lists(STEPS, min_size=4, max_size=30),
)
def test_who_may_go_is_the_same(
    strategy: str, limit: int, concurrent: int | None, steps: list[tuple[str, int]]
) -> None:
    """Whatever happens in between: departures, pauses, hints of the service, shares that are out."""
    options = LimiterOptions(
        windows=(Window(1.0, limit), Window(10.0, 4 * limit)),
        strategy=strategy,
        concurrent=concurrent,
        margin_s=0.02,
    )
    quick, looking = LimiterState(options, lambda: 0.25), LimiterState(options, lambda: 0.25)
    now_s, shares = 100.0, 0
    for step, number in [("take", 8), *steps]:
        now_s += 0.0001
        if step == "wait":
            now_s += number / 1000
        for _ in range(number if step in ("take", "depart", "put_back", "finish") else 0):
            looking._sure = 0
            if step == "take":
                assert quick.take(now_s) == looking.take(now_s)
            elif step == "finish":
                quick.finish(), looking.finish()
            elif quick.held:
                for state in (quick, looking):
                    state.depart(now_s) if step == "depart" else state.put_back()
                looking.room(now_s)
        for state in (quick, looking):
            if step == "pause":
                state.pause_until(now_s + number / 1000, now_s)
            elif step == "left":
                state.observe(ServerHint(remaining=number, reset_s=0.5), now_s)
            elif step == "used":
                state.add_used([now_s - 0.05] * number)
            elif step == "lease" and looking.room(now_s) >= number:
                state.lease(Share(shares, "other", number, now_s + 0.1), now_s)
            elif step == "settle":
                state.settle("other", shares, [now_s] * min(number, 1))
        shares += step == "settle"
        if step == "wait":  # three ways of looking: the first one finds departures that nobody has counted
            assert quick.turn_s(now_s) == looking.turn_s(now_s)
            assert quick.snapshot(now_s) == looking.snapshot(now_s)
        # Not after each step: looking counts what has left.
        if step in ("wait", "take"):
            assert quick._sure <= quick.room(now_s) == looking.room(now_s)
