"""How often calls are made, and what happens at the limit."""

from __future__ import annotations

from collections.abc import Iterator

from intertie.comparing.change import Found, Impact
from intertie.comparing.direction import is_stricter
from intertie.comparing.rule import rule
from intertie.comparing.sides import Pair
from intertie.comparing.words import seconds, shown
from intertie.core.plurals import plural
from intertie.core.rate_windows import WINDOW_OF_LENGTH
from intertie.runtime.policies.limiter.options import LimiterOptions


@rule(
    "limit",
    risky="lower, or one where none was: calls wait or are refused sooner; higher, where a month then costs more",
    safe="higher or gone, where a month costs no more",
    plan=("limits.windows",),
)
def limit(pair: Pair) -> Iterator[Found]:
    """How many requests a window holds."""
    old, new = _windows(pair.old.plan.limits), _windows(pair.new.plan.limits)
    for window_s in sorted({*old, *new}):
        before, after = old.get(window_s), new.get(window_s)
        if before == after:
            continue
        span = seconds(window_s)
        tighter = after is not None and (before is None or after < before)
        if after is None:
            lost = _count(before, "request")
            reason = f"no limit of {lost} in {span} is kept, and the service may refuse what is too much"
        elif tighter:
            was = "without a limit before" if before is None else f"instead of {before:,}"
            reason = (
                f"at most {plural(after, 'request')} in {span} may leave, {was}; beyond, callers wait or are refused"
            )
        else:
            reason = f"at most {plural(after, 'request')} in {span} may leave, instead of {_count(before)}"
        risky = tighter or pair.heavier
        known = WINDOW_OF_LENGTH.get(window_s)
        name = known.field if known else "rate_limit"
        subject = f"rate_limits.{name}" if known else f"rate_limits: requests in {span}"
        texts = (shown(before), shown(after))
        at = pair.at("rate_limits", name)
        yield Found(Impact.RISKY if risky else Impact.SAFE, subject, *texts, reason + pair.consequences, at)


@rule(
    "burst",
    risky="smaller: bursts are spread out and wait",
    safe="larger",
    plan=("limits.burst",),
)
def burst(pair: Pair) -> Iterator[Found]:
    """How many requests may leave at once."""
    counts = pair.both(lambda plan: plan.limits.burst if plan.limits else None)
    if counts:
        old, new = counts
        reason = f"at most {_count(new, 'request')} may leave at once, instead of {_count(old)}"
        impact = Impact.RISKY if is_stricter("rate_limits.burst_size", old, new) else Impact.SAFE
        yield Found(
            impact, "rate_limits.burst_size", shown(old), shown(new), reason, pair.at("rate_limits", "burst_size")
        )


@rule(
    "concurrency",
    risky="fewer: calls wait for those in flight",
    safe="more",
    plan=("limits.concurrent",),
)
def concurrency(pair: Pair) -> Iterator[Found]:
    """How many calls may be in flight."""
    counts = pair.both(lambda plan: plan.limits.concurrent if plan.limits else None)
    if counts:
        old, new = counts
        reason = f"at most {_count(new, 'call')} may be in flight, instead of {_count(old)}"
        impact = Impact.RISKY if is_stricter("rate_limits.concurrent_requests", old, new) else Impact.SAFE
        at = pair.at("rate_limits", "concurrent_requests")
        yield Found(impact, "rate_limits.concurrent_requests", shown(old), shown(new), reason, at)


@rule(
    "limit-margin",
    risky="larger: a window is kept longer, so less leaves; smaller, where a month then costs more",
    safe="smaller, where a month costs no more",
    plan=("limits.margin_s",),
)
def margin(pair: Pair) -> Iterator[Found]:
    """How much longer than declared the windows of a limit are kept."""
    if pair.old.plan.limits is None or pair.new.plan.limits is None:
        return  # with the limit itself comes or goes its margin
    old, new = pair.old.plan.limits.margin_s, pair.new.plan.limits.margin_s
    if old != new:
        reason = f"windows are kept {seconds(new)} longer than declared, instead of {seconds(old)}"
        impact = Impact.RISKY if is_stricter("throttling.margin", old, new) or pair.heavier else Impact.SAFE
        at = pair.at("throttling", "margin")
        yield Found(impact, "throttling.margin", seconds(old), seconds(new), reason + pair.consequences, at)


@rule("throttling-strategy", risky="always: other moments are full", plan=("limits.strategy",))
def strategy(pair: Pair) -> Iterator[Found]:
    """How the limit is counted."""
    names = pair.both(lambda plan: plan.limits.strategy if plan.limits else None)
    if names and all(names):
        reason = (
            f"requests are counted by {_words(names[1])} instead of {_words(names[0])}, so calls wait at other moments"
        )
        yield Found(Impact.RISKY, "throttling.strategy", *names, reason, pair.at("throttling", "strategy"))


@rule(
    "at-the-limit",
    risky="refused instead of waiting; a shorter wait; a longer one, where a call can then take longer",
    safe="waiting instead of refused; a longer wait otherwise",
    plan=("limits.on_limit", "limits.max_wait_s"),
)
def at_the_limit(pair: Pair) -> Iterator[Found]:
    """What a call beyond the limit does."""
    modes = pair.both(lambda plan: plan.limits.on_limit if plan.limits else None)
    if modes and all(modes):
        refused = modes[1] == "reject"
        reason = "a call beyond the limit is refused at once, it waited for its turn" if refused else (
            "a call beyond the limit waits for its turn, it was refused at once"
        )  # fmt: skip
        impact = Impact.RISKY if refused or pair.heavier else Impact.SAFE
        at = pair.at("throttling", "on_limit")
        yield Found(impact, "throttling.on_limit", *modes, reason + pair.consequences, at)
    waits = pair.both(lambda plan: plan.limits.max_wait_s if plan.limits else None)
    if waits:
        old, new = waits
        bound = [seconds(wait) or "the whole call's time" for wait in waits]
        reason = f"a call waits for its turn at most {bound[1]} instead of {bound[0]}"
        impact = Impact.RISKY if is_stricter("throttling.max_wait", old, new) or pair.heavier else Impact.SAFE
        at = pair.at("throttling", "max_wait")
        yield Found(impact, "throttling.max_wait", seconds(old), seconds(new), reason + pair.consequences, at)


@rule(
    "pause",
    risky="always: everybody waits for another time after a refusal of the service",
    plan=("limits.retry_after_s", "limits.backoff_multiplier", "limits.max_pause_s"),
)
def pause(pair: Pair) -> Iterator[Found]:
    """How long a 429 pauses everybody."""
    old, new = pair.old.plan.limits or LimiterOptions(), pair.new.plan.limits or LimiterOptions()
    for name, before, after, what in (
        ("retry_after", seconds(old.retry_after_s), seconds(new.retry_after_s), "a 429 without Retry-After pauses for"),
        ("backoff_multiplier", shown(old.backoff_multiplier), shown(new.backoff_multiplier),
         "each 429 in a row multiplies the pause by"),
        ("max_pause", seconds(old.max_pause_s), seconds(new.max_pause_s), "the service can ask for a pause of at most"),
    ):  # fmt: skip
        if before != after:
            reason = f"{what} {after} instead of {before}"
            yield Found(Impact.RISKY, f"throttling.{name}", before, after, reason, pair.at("throttling", name))


def _windows(limits: LimiterOptions | None) -> dict[float, int]:
    return {window.window_s: window.limit for window in limits.windows} if limits else {}


def _count(value: int | None, noun: str = "") -> str:
    if value is None:
        return f"any number of {noun}s" if noun else "any number"
    return plural(value, noun) if noun else f"{value:,}"


def _words(name: str | None) -> str:
    return str(name).replace("_", " ")


RULES = (limit, burst, concurrency, margin, strategy, at_the_limit, pause)
