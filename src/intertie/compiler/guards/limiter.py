"""How often, how many at once, and what to do at the limit."""

from __future__ import annotations

from collections.abc import Callable

from intertie.compiler.build import Build, Chosen
from intertie.compiler.fate import How
from intertie.compiler.guards.half import Compiled, Half, guard_fields
from intertie.core.rate_windows import RATE_WINDOWS
from intertie.core.units import parse_rate
from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.spec.fields import Located
from intertie.spec.model import RateLimits, Throttling

_NO_LIMIT = frozenset({"none", "no limit", "unlimited", "no", "-", "n/a"})


def compile_limits(build: Build) -> tuple[LimiterOptions | None, dict[str, str]]:
    """Return the limiter, None where nothing limits calls.

    A throttling block alone makes a limiter without windows: it limits nothing, but a 429 pauses it for all callers.
    """
    limits, throttling = build.spec.rate_limits, build.spec.throttling
    if limits is not None and build.switched_off(limits.enabled, "rate limits"):
        limits = None
        if throttling is None:
            return None, {}
    elif limits is None and build.configured("rate_limits"):
        limits = RateLimits(span=build.spec.span, head=build.spec.span)
    if throttling is not None and build.switched_off(throttling.enabled, "throttling"):
        throttling = None
    if limits is None and throttling is None:
        return None, {}
    windows, window_source = _windows(build, limits)
    concurrent = build.choose_optional(
        limits.concurrent_requests if limits else None, "rate_limits.concurrent_requests"
    )
    if not windows and concurrent.value is None and throttling is None:
        return None, {}
    throttling = throttling or Throttling(span=build.spec.span, head=build.spec.span)
    strategy = build.choose(throttling.strategy, "throttling.strategy")
    burst = build.choose_optional(limits.burst_size if limits else None, "rate_limits.burst_size")
    if burst.value is None and strategy.value == "token_bucket" and windows:
        burst = Chosen(windows[0].limit, "default")
    retry_after = build.choose(throttling.retry_after, "throttling.retry_after")
    multiplier = build.choose(throttling.backoff_multiplier, "throttling.backoff_multiplier")
    on_limit = build.choose(throttling.on_limit, "throttling.on_limit")
    max_wait = build.choose_optional(throttling.max_wait, "throttling.max_wait")
    if throttling.max_wait is not None and on_limit.value == "reject":
        build.leave_out("throttling.max_wait", "with `on_limit: reject`, calls don't wait", throttling.max_wait.span)
    margin = build.choose(throttling.margin, "throttling.margin")
    if throttling.margin is not None and not windows:
        build.leave_out("throttling.margin", "the spec declares no rate", throttling.margin.span)
    options = LimiterOptions(
        windows=windows,
        strategy=strategy.value,
        burst=burst.value,
        concurrent=concurrent.value,
        retry_after_s=retry_after.value,
        backoff_multiplier=multiplier.value,
        on_limit=on_limit.value,
        max_wait_s=max_wait.value,
        max_pause_s=build.fallback("throttling.max_pause").value,
        margin_s=margin.value,
    )
    return options, {
        "windows": window_source,
        "strategy": strategy.source,
        "burst": burst.source,
        "concurrent": concurrent.source,
        "retry_after_s": retry_after.source,
        "backoff_multiplier": multiplier.source,
        "on_limit": on_limit.source,
        "max_wait_s": max_wait.source,
        "max_pause_s": "default",
        "margin_s": margin.source,
    }


def _windows(build: Build, limits: RateLimits | None) -> tuple[tuple[Window, ...], str]:
    """Return the windows, shortest first; of two limits for one window the smaller holds, since both do."""
    found: dict[float, int] = {}
    source = "default"

    def add(window_s: float, limit: int, place: str) -> None:
        nonlocal source
        found[window_s] = min(limit, found.get(window_s, limit))
        source = place if source == "default" else source

    for each in RATE_WINDOWS if limits else ():
        located: Located[int] | None = getattr(limits, each.field)
        if located is not None:
            add(each.window_s, located.value, str(located.span))
    if limits is not None and limits.rate_limit is not None:
        _add_prose(build, limits.rate_limit, add)
    if not found:
        for each in RATE_WINDOWS:
            configured = build.settings.defaults.get(f"rate_limits.{each.field}")
            if configured is not None:
                add(each.window_s, int(str(configured.value)), "config")
    return tuple(Window(window_s, limit) for window_s, limit in sorted(found.items())), source


def _add_prose(build: Build, located: Located[str], add: Callable[[float, int, str], None]) -> None:
    for part in located.value.replace(";", ",").split(", "):
        if part.strip().lower() in _NO_LIMIT:
            continue
        rate = parse_rate(part)
        if rate is None or rate.limit < 1:
            build.report("unreadable-rate", f"`{part.strip()}` is not a rate", located.span)
        else:
            add(rate.window_s, rate.limit, str(located.span))


class LimiterHalf(Half):
    """How often, how many at once, and what happens at the limit."""

    stages = ("rate_limit",)
    plan_field = "limits"
    fields = (
        *guard_fields(
            "rate_limits",
            How.ENFORCED,
            "stage rate limit, and the mock's own limit",
            "requests_per_second=windows requests_per_minute=windows requests_per_hour=windows "
            "requests_per_day=windows burst_size=burst concurrent_requests=concurrent",
            stage="rate_limit",
            stricter="lower",
        ),
        *guard_fields("rate_limits", How.ENFORCED, "stage rate limit, and the mock's own limit", "rate_limit enabled"),
        *guard_fields(
            "throttling", How.ENFORCED, "stage rate limit", "strategy=strategy on_limit=on_limit", stage="rate_limit"
        ),
        *guard_fields(
            "throttling",
            How.ENFORCED,
            "stage rate limit",
            "retry_after=retry_after_s backoff_multiplier=backoff_multiplier",
            stage="rate_limit",
            stricter="higher",
        ),
        *guard_fields("throttling", How.ENFORCED, "stage rate limit", "enabled"),
        *guard_fields(
            "throttling",
            How.ENFORCED,
            "stage rate limit; reported beside `on_limit: reject`",
            "max_wait=max_wait_s",
            stage="rate_limit",
            stricter="lower",
        ),
        *guard_fields(
            "throttling",
            How.ENFORCED,
            "stage rate limit; reported where no rate is declared",
            "margin=margin_s",
            stage="rate_limit",
            stricter="higher",
        ),
    )

    def compile(self, build: Build) -> Compiled:
        """Return the options that the spec gives."""
        return Compiled(*compile_limits(build))


HALF = LimiterHalf()
