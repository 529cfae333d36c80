"""Limits, throttling, retry and circuit breaker."""

from __future__ import annotations

from intertie.spec import fields as f
from intertie.spec.fields import Block, Located

CONDITIONS = ("network_error", "timeout", "service_unavailable")
CONDITION_ALIASES = {
    **dict.fromkeys(("network", "network_errors", "connection_error", "connection_errors", "connection_reset",
                     "connection_refused", "connection_failure", "dns_error"), "network_error"),
    **dict.fromkeys(("timeouts", "timeout_error", "read_timeout", "request_timeout"), "timeout"),
    "unavailable": "service_unavailable",
}  # fmt: skip
"""What people call a condition of retry -> its name."""

FAILURE_RATES = ("failure_rate_threshold", "failure_rate", "error_rate_threshold", "error_threshold_percentage")
"""Other words for the breaker's threshold; each means a share, also where its number has no sign."""


class RateLimits(Block):
    """All windows given hold at once."""

    requests_per_second: Located[int] | None = f.integer("Most requests in a second.", 1, aliases=("rps", "per_second"))
    requests_per_minute: Located[int] | None = f.integer("Most requests in a minute.", 1, aliases=("rpm", "per_minute"))
    requests_per_hour: Located[int] | None = f.integer("Most requests in an hour.", 1, aliases=("rph", "per_hour"))
    requests_per_day: Located[int] | None = f.integer(
        "Most requests in a day.", 1, aliases=("rpd", "per_day"), template=False
    )
    burst_size: Located[int] | None = f.integer(
        "Most that leave at once.", 1, aliases=("burst", "burst_limit", "burst_capacity", "bucket_size")
    )
    concurrent_requests: Located[int] | None = f.integer(
        "Most calls in flight.", 1, aliases=("max_concurrent", "concurrency", "max_concurrency"), template=False
    )
    rate_limit: Located[str] | None = f.text(
        "A rate in prose, `100 requests per minute`.", template=False, aliases=("limit", "rate")
    )
    enabled: Located[bool] | None = f.flag("`false` switches the block off.", template=False)


class Throttling(Block):
    """How the limit is kept."""

    strategy: Located[str] | None = f.choice("Counting.", "fixed_window", "sliding_window", "token_bucket")
    retry_after: Located[float] | None = f.duration("Pause after a 429 that states none.", "s")
    backoff_multiplier: Located[float] | None = f.number("Factor on the pause for each 429 in a row.", 1)
    on_limit: Located[str] | None = f.choice("Wait for a turn or refuse.", "wait", "reject", template=False)
    max_wait: Located[float] | None = f.duration("Longest wait for a turn.", "s", template=False)
    margin: Located[float] | None = f.duration(
        "What windows and refills are kept longer than declared, for the jitter of network and clocks; `0` for none.",
        "s",
        template=False,
    )
    enabled: Located[bool] | None = f.flag("`false` switches the block off.", template=False)


class Retry(Block):
    """When and how a call is tried again. `max_attempts` counts the first try."""

    max_attempts: Located[int] | None = f.integer("Tries, the first included.", 1, maximum=1000, aliases=("attempts",))
    max_retries: Located[int] | None = f.integer(
        "Tries after the first; `max_attempts` is one more.", 0, maximum=999, template=False
    )
    initial_delay: Located[float] | None = f.duration(
        "First wait.", "ms",
        aliases=("base_delay", "retry_delay", "delay", "wait_duration", "initial_interval", "initial_backoff",
                 "min_delay"),
    )  # fmt: skip
    max_delay: Located[float] | None = f.duration(
        "Longest wait.", "ms", aliases=("max_wait_duration", "max_interval", "max_backoff", "maximum_delay")
    )
    backoff: Located[str] | None = f.choice(
        "How the wait grows.", "exponential", "linear", "fixed", aliases=("strategy", "backoff_strategy"),
        choice_aliases={"exponential_backoff": "exponential", "fixed_interval": "fixed", "linear_backoff": "linear",
                        "constant": "fixed"},
    )  # fmt: skip
    multiplier: Located[float] | None = f.number(
        "Growth of the exponential wait; 2 where absent.", 1, template=False,
        aliases=("backoff_multiplier", "backoff_factor", "backoff_rate", "exponential_base"),
    )  # fmt: skip
    jitter: Located[bool] | None = f.flag("Full jitter.", choice_aliases={"full": "true", "none": "false"})
    retry_on: tuple[Located[str], ...] = f.list_of(
        "Statuses or classes (`5xx`) tried again.", f.text("Status, class or condition.")
    )
    retry_conditions: tuple[Located[str], ...] = f.list_of(
        "Conditions tried again.",
        f.choice("Condition.", *CONDITIONS, choice_aliases=CONDITION_ALIASES),
    )
    retry_budget: Located[float] | None = f.ratio("Share of retries among calls.", template=False)
    enabled: Located[bool] | None = f.flag("`false` switches the block off.", template=False)


class CircuitBreaker(Block):
    """When to stop calling, and how to find out that the service is back."""

    enabled: Located[bool] | None = f.flag("`false` switches the block off.")
    failure_threshold: Located[str] | None = f.text(
        "Consecutive failures, or a share such as `50%`.", aliases=FAILURE_RATES
    )
    success_threshold: Located[int] | None = f.integer("Probe successes that close it.", 1)
    timeout: Located[float] | None = f.duration(
        "How long it stays open.", "s",
        aliases=("recovery_timeout", "reset_timeout", "cooldown", "open_timeout", "open_duration",
                 "wait_duration_in_open_state"),
    )  # fmt: skip
    half_open_requests: Located[int] | None = f.integer(
        "Probes in flight.", 1,
        aliases=("half_open_max_calls", "half_open_max_requests", "permitted_number_of_calls_in_half_open_state"),
    )  # fmt: skip
    window: Located[int] | None = f.integer(
        "Calls the share looks at.", 1, maximum=100_000, template=False,
        aliases=("sliding_window_size", "window_size"), example="it counts calls, such as `20`",
    )  # fmt: skip
    minimum_calls: Located[int] | None = f.integer(
        "Calls before the share counts.", 1, template=False,
        aliases=("minimum_number_of_calls", "min_calls", "minimum_requests", "request_volume_threshold"),
    )  # fmt: skip
    scope: Located[str] | None = f.choice(
        "One breaker per integration or per endpoint.", "integration", "endpoint", template=False
    )
    failure_on: tuple[Located[object], ...] = f.list_of(
        "Outcomes that count as failures.",
        f.anything("`service_fault`, `timeout`, `network_error`, a status or a class."),
        template=False,
    )
