"""When the circuit breaker opens and how it closes."""

from __future__ import annotations

from intertie.compiler.build import Build, Chosen
from intertie.compiler.conditions import Conditions, read_conditions
from intertie.compiler.fate import How
from intertie.compiler.guards.half import Compiled, Half, guard_fields
from intertie.core.units import parse_number, parse_ratio
from intertie.runtime.policies.breaker.options import BreakerOptions
from intertie.runtime.statuses import StatusSet
from intertie.spec.model import CircuitBreaker

BLOCK = "circuit_breaker"
SMALLEST_MINIMUM = 5


def compile_breaker(build: Build) -> tuple[BreakerOptions | None, dict[str, str]]:
    """Return the breaker, None where there is no block or the spec switches it off."""
    block = build.spec.circuit_breaker
    if block is not None and build.switched_off(block.enabled, "circuit breaker"):
        return None, {}
    if block is None:
        if not build.configured(BLOCK):
            return None, {}
        block = CircuitBreaker(span=build.spec.span, head=build.spec.span)
    threshold = build.choose(block.failure_threshold, "circuit_breaker.failure_threshold")
    failures, ratio = _threshold(build, block, threshold)
    window = build.choose(block.window, "circuit_breaker.window")
    minimum = _minimum(build, block, window)
    successes = build.choose(block.success_threshold, "circuit_breaker.success_threshold")
    open_time = build.choose(block.timeout, "circuit_breaker.timeout")
    probes = build.choose(block.half_open_requests, "circuit_breaker.half_open_requests")
    scope = build.choose(block.scope, "circuit_breaker.scope")
    conditions, conditions_source = _failures(build, block)
    monitoring = build.spec.monitoring
    alert = monitoring.alert_on_open if monitoring else None
    options = BreakerOptions(
        failure_threshold=failures,
        failure_ratio=ratio,
        window=window.value,
        minimum_calls=minimum.value,
        success_threshold=successes.value,
        open_s=open_time.value,
        half_open_requests=probes.value,
        scope=scope.value,
        network_error=conditions.network_error,
        timeout=conditions.timeout,
        statuses=_statuses(conditions),
        alert_on_open=bool(alert and alert.value),
    )
    sources = {
        "failure_threshold": threshold.source,
        "failure_ratio": threshold.source,
        "window": window.source,
        "minimum_calls": minimum.source,
        "success_threshold": successes.source,
        "open_s": open_time.source,
        "half_open_requests": probes.source,
        "scope": scope.source,
        "failure_on": conditions_source,
        "alert_on_open": str(alert.span) if alert else "default",
    }
    return options, sources


def _threshold(build: Build, block: CircuitBreaker, threshold: Chosen[str]) -> tuple[int | None, float | None]:
    """Read `5` (failures in a row) or `50%` (share of a window); a bare number below 1 is a share too."""
    text = str(threshold.value).strip()
    number = parse_number(text)
    if number is not None and number >= 1 and number == int(number):
        return int(number), None
    ratio = parse_ratio(text)
    if ratio is not None and 0 < ratio <= 1:
        return None, float(ratio)
    place = block.failure_threshold.span if block.failure_threshold else block.head
    build.report(
        "invalid-threshold",
        f"failure_threshold `{text}`: expected a whole number such as `5`, or a share such as `50%`",
        place,
    )
    return None, None


def _minimum(build: Build, block: CircuitBreaker, window: Chosen[int]) -> Chosen[int]:
    """Return how many calls must be seen before the share counts: half the window and at least 5, within the window."""
    if block.minimum_calls is not None:
        return Chosen(block.minimum_calls.value, str(block.minimum_calls.span))
    configured = build.settings.defaults.get("circuit_breaker.minimum_calls")
    if configured is not None:
        return Chosen(int(str(configured.value)), "config")
    return Chosen(min(window.value, max(SMALLEST_MINIMUM, window.value // 2)), "default")


def _failures(build: Build, block: CircuitBreaker) -> tuple[Conditions, str]:
    if block.failure_on:
        return read_conditions(build, block.failure_on, "failure_on"), str(block.failure_on[0].span)
    default = build.fallback("circuit_breaker.failure_on")
    return Conditions.of(str(word) for word in default.value), default.source


def _statuses(conditions: Conditions) -> StatusSet:
    """A 429 pauses the limiter and is neutral to the breaker, whoever lists it; `service_unavailable` is a 503."""
    written = [text for text in conditions.statuses.written if text != "429"]
    if conditions.service_unavailable and 503 not in conditions.statuses:
        written.append("503")
    statuses = StatusSet.of(written)
    return StatusSet(statuses.written, statuses.codes - {429})


class BreakerHalf(Half):
    """When the circuit opens and how it closes."""

    stages = ("circuit_breaker",)
    plan_field = "breaker"
    fields = (
        *guard_fields("circuit_breaker", How.ENFORCED, "stage circuit breaker", "enabled"),
        *guard_fields(
            "circuit_breaker",
            How.ENFORCED,
            "stage circuit breaker",
            "failure_threshold=failure_threshold|failure_ratio half_open_requests=half_open_requests",
            stage="circuit_breaker",
            stricter="lower",
        ),
        *guard_fields(
            "circuit_breaker",
            How.ENFORCED,
            "stage circuit breaker",
            "success_threshold=success_threshold timeout=open_s",
            stage="circuit_breaker",
            stricter="higher",
        ),
        *guard_fields(
            "circuit_breaker",
            How.ENFORCED,
            "stage circuit breaker",
            "scope=scope failure_on=failure_on",
            stage="circuit_breaker",
        ),
        *guard_fields(
            "circuit_breaker",
            How.ENFORCED,
            "stage circuit breaker; a finding beside a plain count",
            "window=window",
            stage="circuit_breaker",
        ),
        *guard_fields(
            "circuit_breaker",
            How.ENFORCED,
            "stage circuit breaker; a finding beside a plain count",
            "minimum_calls=minimum_calls",
            stage="circuit_breaker",
            stricter="lower",
        ),
    )

    def compile(self, build: Build) -> Compiled:
        """Return the options that the spec gives."""
        return Compiled(*compile_breaker(build))


HALF = BreakerHalf()
