"""When and how an attempt is made again."""

from __future__ import annotations

from intertie.compiler.build import Build, Chosen
from intertie.compiler.conditions import Conditions, read_conditions
from intertie.compiler.fate import How
from intertie.compiler.guards.half import Compiled, Half, guard_fields
from intertie.runtime.policies.retry.options import RetryOptions
from intertie.spec.model import Retry

BLOCK = "retry"


def compile_retry(build: Build) -> tuple[RetryOptions, dict[str, str]]:
    """Return the retry options; one attempt where neither spec nor configuration has a retry block."""
    block = build.spec.retry
    if block is not None and build.switched_off(block.enabled, "retry"):
        return RetryOptions(max_attempts=1), {"max_attempts": str(block.head)}
    if block is None:
        if not build.configured(BLOCK):
            return RetryOptions(max_attempts=1), {"max_attempts": "default"}
        block = Retry(span=build.spec.span, head=build.spec.span)
    attempts = _attempts(build, block)
    initial = build.choose(block.initial_delay, "retry.initial_delay")
    longest = _longest(build, block, initial)
    backoff = build.choose(block.backoff, "retry.backoff")
    multiplier = build.choose(block.multiplier, "retry.multiplier")
    if block.multiplier is not None and backoff.value != "exponential":
        build.leave_out("retry.multiplier", f"a {backoff.value} wait does not multiply", block.multiplier.span)
    jitter = build.choose(block.jitter, "retry.jitter")
    budget = build.choose(block.retry_budget, "retry.retry_budget")
    conditions, on_source, conditions_source = _conditions(build, block)
    options = RetryOptions(
        max_attempts=attempts.value,
        initial_delay_s=initial.value,
        max_delay_s=longest.value,
        backoff=backoff.value,
        multiplier=multiplier.value,
        jitter=jitter.value,
        retry_on=conditions.statuses,
        network_error=conditions.network_error,
        timeout=conditions.timeout,
        service_unavailable=conditions.service_unavailable,
        budget_ratio=budget.value,
        budget_minimum=build.fallback("retry.budget_minimum").value,
        budget_window_s=build.fallback("retry.budget_window").value,
    )
    return options, {
        "max_attempts": attempts.source,
        "initial_delay_s": initial.source,
        "max_delay_s": longest.source,
        "backoff": backoff.source,
        "multiplier": multiplier.source,
        "jitter": jitter.source,
        "retry_on": on_source,
        "retry_conditions": conditions_source,
        "retry_budget": budget.source,
    }


def _attempts(build: Build, block: Retry) -> Chosen[int]:
    if block.max_attempts is None and block.max_retries is not None:
        return Chosen(block.max_retries.value + 1, str(block.max_retries.span))
    return build.choose(block.max_attempts, "retry.max_attempts")


def _longest(build: Build, block: Retry, initial: Chosen[float]) -> Chosen[float]:
    """Return the cap of the delay: never below the first one, which the author meant as written."""
    longest: Chosen[float] = build.choose(block.max_delay, "retry.max_delay")
    return longest if longest.value >= initial.value else Chosen(initial.value, initial.source)


def _conditions(build: Build, block: Retry) -> tuple[Conditions, str, str]:
    """Statuses and conditions may stand in either list; where neither is given, both have their defaults."""
    if block.retry_on or block.retry_conditions:
        read = read_conditions(build, (*block.retry_on, *block.retry_conditions), "retry")
        on = str(block.retry_on[0].span) if block.retry_on else "default"
        conditions = str(block.retry_conditions[0].span) if block.retry_conditions else on
        return read, on, conditions
    on_default = build.fallback("retry.retry_on")
    conditions_default = build.fallback("retry.retry_conditions")
    configured = [default for default in (on_default, conditions_default) if default.source == "config"]
    chosen = configured or [on_default, conditions_default]
    read = Conditions.of(word for default in chosen for word in default.value)
    return read, on_default.source, conditions_default.source


class RetryHalf(Half):
    """When and how an attempt is made again."""

    stages = ("retry",)
    plan_field = "retry"
    fields = (
        *guard_fields(
            "retry",
            How.ENFORCED,
            "stage retry",
            "max_attempts=max_attempts retry_budget=retry_budget",
            stage="retry",
            stricter="lower",
        ),
        *guard_fields("retry", How.ENFORCED, "stage retry", "max_retries", stricter="lower"),
        *guard_fields(
            "retry",
            How.ENFORCED,
            "stage retry",
            "initial_delay=initial_delay_s max_delay=max_delay_s backoff=backoff jitter=jitter "
            "retry_on=retry_on retry_conditions=retry_conditions",
            stage="retry",
        ),
        *guard_fields("retry", How.ENFORCED, "stage retry", "enabled"),
        *guard_fields(
            "retry",
            How.ENFORCED,
            "stage retry; reported beside another `backoff` than `exponential`",
            "multiplier=multiplier",
            stage="retry",
        ),
    )

    def compile(self, build: Build) -> Compiled:
        """Return the options that the spec gives."""
        return Compiled(*compile_retry(build))


HALF = RetryHalf()
