"""How long a call may take, and how often it is tried."""

from __future__ import annotations

from collections.abc import Iterator

from intertie.comparing.change import Found, Impact
from intertie.comparing.rule import rule
from intertie.comparing.sides import Pair
from intertie.comparing.words import listed, percent, seconds, shown, status_words
from intertie.core.plurals import plural
from intertie.runtime.policies.retry.options import RetryOptions

_STEPS = {
    "connect": ("connect_s", "a connection"),
    "write": ("write_s", "sending the request"),
    "read": ("read_s", "the answer"),
}
_CONDITIONS = ("network_error", "timeout", "service_unavailable")


@rule(
    "total-timeout",
    risky="shorter: calls that took longer fail; longer, where a call can then take longer",
    safe="longer, where other bounds hold",
    plan=("timeouts.total_s",),
)
def total_timeout(pair: Pair) -> Iterator[Found]:
    """The bound of the whole call."""
    if times := pair.both(lambda plan: plan.timeouts.total_s):
        old, new = times
        if new < old:
            reason = f"a call that takes more than {seconds(new)} fails; {seconds(old)} were allowed"
        else:
            reason = f"a call may take up to {seconds(new)} instead of {seconds(old)}"
        impact = Impact.RISKY if new < old or pair.heavier else Impact.SAFE
        yield Found(
            impact,
            "timeouts.total",
            seconds(old),
            seconds(new),
            reason + pair.consequences,
            pair.at("timeouts", "total"),
        )


@rule(
    "attempt-timeout",
    risky="shorter: attempts that took longer fail; longer, where a call can then take longer",
    safe="longer, where other bounds hold",
    plan=("timeouts.connect_s", "timeouts.read_s", "timeouts.write_s"),
)
def attempt_timeout(pair: Pair) -> Iterator[Found]:
    """The bounds of one attempt."""
    for name, (field, what) in _STEPS.items():
        old, new = (float(getattr(side.plan.timeouts, field)) for side in (pair.old, pair.new))
        if old == new:
            continue
        if new < old:
            reason = f"an attempt fails that waits more than {seconds(new)} for {what}; {seconds(old)} were allowed"
        else:
            reason = f"an attempt waits up to {seconds(new)} for {what} instead of {seconds(old)}"
        impact = Impact.RISKY if new < old or pair.heavier else Impact.SAFE
        at = pair.at("timeouts", name)
        yield Found(impact, f"timeouts.{name}", seconds(old), seconds(new), reason + pair.consequences, at)


@rule(
    "retry-attempts",
    risky="fewer: failures that a retry hid reach callers; more, where a call can then take longer or cost more",
    safe="more, where no call takes longer or costs more",
    plan=("retry.max_attempts", "operations.max_attempts"),
)
def retry_attempts(pair: Pair) -> Iterator[Found]:
    """How often a call is tried, the first try included."""
    if counts := pair.both(lambda plan: plan.retry.max_attempts):
        old, new = counts
        if new < old:
            reason = f"a failure reaches the caller after {plural(new, 'attempt')} instead of {old}"
        else:
            reason = f"a failing call is tried {plural(new, 'time')} instead of {old}"
        impact = Impact.RISKY if new < old or pair.heavier else Impact.SAFE
        yield Found(
            impact,
            "retry.max_attempts",
            str(old),
            str(new),
            reason + pair.consequences,
            pair.at("retry", "max_attempts"),
        )
        return
    for each in pair.operations:
        if counts := each.both(lambda operation: operation.max_attempts):
            old, new = counts
            reason = f"a failing call is tried {plural(new, 'time')} at most instead of {old}"
            yield each.found(Impact.RISKY, "attempts", (str(old), str(new)), reason, each.at("endpoint"))


@rule(
    "retry-delay",
    risky="a call can take longer, or the waits lose their growth or their randomness and strike the service together",
    safe="otherwise",
    plan=("retry.initial_delay_s", "retry.max_delay_s", "retry.backoff", "retry.multiplier", "retry.jitter"),
)
def retry_delay(pair: Pair) -> Iterator[Found]:
    """How long the waits between attempts are."""
    for name, (old, new) in _delays(pair.old.plan.retry, pair.new.plan.retry):
        together = (name == "jitter" and new == "false") or (name == "backoff" and new == "fixed")
        why = "retries of many callers strike the service at once" if together else "failing calls wait differently"
        reason = f"{why}: {name.replace('_', ' ')} {old} → {new}{pair.consequences}"
        impact = Impact.RISKY if together or pair.heavier else Impact.SAFE
        yield Found(impact, f"retry.{name}", old, new, reason, pair.at("retry", name))


@rule(
    "retry-causes",
    risky="one is removed: such failures reach callers at once; one is added, and a call takes longer or costs more",
    safe="one is added, otherwise",
    plan=("retry.retry_on", "retry.network_error", "retry.timeout", "retry.service_unavailable"),
)
def retry_causes(pair: Pair) -> Iterator[Found]:
    """Which failures are tried again."""
    retries = (pair.old.plan.retry, pair.new.plan.retry)
    for name, (old, new) in (
        ("retry_on", (status_words(retries[0].retry_on), status_words(retries[1].retry_on))),
        ("retry_conditions", (_conditions(retries[0]), _conditions(retries[1]))),
    ):
        lost, won = [each for each in old if each not in new], [each for each in new if each not in old]
        if not lost and not won:
            continue
        told = [f"{listed(lost)} reaches the caller at once"] if lost else []
        told += [f"{listed(won)} is tried again"] if won else []
        impact = Impact.RISKY if lost or pair.heavier else Impact.SAFE
        reason = f"{' and '.join(told)}{pair.consequences}"
        yield Found(impact, f"retry.{name}", shown(old), shown(new), reason, pair.at("retry", name))


@rule(
    "retry-budget",
    risky="larger: an outage is met with more retries",
    safe="smaller",
    plan=("retry.budget_ratio", "retry.budget_minimum", "retry.budget_window_s"),
)
def retry_budget(pair: Pair) -> Iterator[Found]:
    """How many retries there may be among calls."""
    at = pair.at("retry", "retry_budget")
    if shares := pair.both(lambda plan: plan.retry.budget_ratio):
        reason = f"at most {percent(shares[1])} instead of {percent(shares[0])} of calls are retries, in an outage too"
        impact = Impact.RISKY if shares[1] > shares[0] else Impact.SAFE
        yield Found(impact, "retry.retry_budget", percent(shares[0]), percent(shares[1]), reason, at)
    floors = pair.both(lambda plan: f"{plan.retry.budget_minimum} in {seconds(plan.retry.budget_window_s)}")
    if floors:
        reason = f"{floors[1]} instead of {floors[0]} retries are always allowed"
        yield Found(Impact.RISKY, "retry: retries always allowed", *floors, reason, at)


@rule(
    "longest-call",
    risky="longer, where no bound of time or retry itself has changed",
    safe="shorter, where no bound of time or retry itself has changed",
    plan=("operations.worst_case_s",),
)
def longest_call(pair: Pair) -> Iterator[Found]:
    """The longest a call can take with all its tries and waits."""
    if pair.both(lambda plan: (plan.timeouts, plan.retry, plan.limits)):
        return  # told where it comes from
    for each in pair.operations:
        if times := each.both(lambda operation: operation.worst_case_s):
            old, new = times
            reason = f"a call can take {seconds(new)} instead of {seconds(old)}"
            impact = Impact.RISKY if new > old else Impact.SAFE
            yield each.found(impact, "longest call", (seconds(old), seconds(new)), reason, each.at("endpoint"))


def _delays(old: RetryOptions, new: RetryOptions) -> Iterator[tuple[str, tuple[str, str]]]:
    pairs: tuple[tuple[str, object, object], ...] = (
        ("initial_delay", seconds(old.initial_delay_s), seconds(new.initial_delay_s)),
        ("max_delay", seconds(old.max_delay_s), seconds(new.max_delay_s)),
        ("backoff", old.backoff, new.backoff),
        ("multiplier", old.multiplier, new.multiplier),
        ("jitter", old.jitter, new.jitter),
    )
    yield from ((name, (str(shown(left)), str(shown(right)))) for name, left, right in pairs if left != right)


def _conditions(retry: RetryOptions) -> tuple[str, ...]:
    return tuple(name for name in _CONDITIONS if getattr(retry, name))


RULES = (total_timeout, attempt_timeout, retry_attempts, retry_delay, retry_causes, retry_budget, longest_call)
