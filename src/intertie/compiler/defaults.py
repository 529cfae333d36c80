"""What holds where a spec and the configuration say nothing: one table, read by the compiler and printed by the docs.

Keys are `block.field` as in the spec; values are in the model's units (seconds, ratios). A block that is absent
altogether is off, except for timeouts and logging: see `WHEN_ABSENT`.
"""

from __future__ import annotations

from types import MappingProxyType

from msgspec import Struct


class Default(Struct, frozen=True):
    """One default: its value, and why it is that."""

    value: object
    why: str


DEFAULTS = MappingProxyType(
    {
        "timeouts.connect": Default(5.0, "two lost packets on the way to a far region still connect"),
        "timeouts.read": Default(30.0, "longer than the slow percentile of nearly every public API"),
        "timeouts.write": Default(10.0, "a large upload over a slow line"),
        "timeouts.total": Default(60.0, "the patience of the proxies that usually stand in front of us"),
        "rate_limits.burst_size": Default(
            None, "with a token bucket, the limit of the shortest window; else unbounded"
        ),
        "rate_limits.concurrent_requests": Default(None, "calls in flight are not bounded"),
        "throttling.strategy": Default(
            "sliding_window", "the only one that no clock alignment of the server can refuse"
        ),
        "throttling.retry_after": Default(1.0, "the shortest window services count in"),
        "throttling.backoff_multiplier": Default(2.0, "doubles the pause for each 429 in a row"),
        "throttling.on_limit": Default("wait", "callers wait for their turn as long as `total` allows"),
        "throttling.max_wait": Default(None, "only `total` bounds the wait for a turn"),
        "throttling.margin": Default(0.02, "arrivals bunch by some milliseconds where a network or a machine is busy"),
        "throttling.max_pause": Default(3600.0, "a server's hint can stop everybody for an hour, not longer"),
        "retry.max_attempts": Default(3, "with a retry block that states none; without a block there is one attempt"),
        "retry.initial_delay": Default(0.1, "one round trip"),
        "retry.max_delay": Default(5.0, "longer waits are better spent by the breaker"),
        "retry.backoff": Default("exponential", "leaves an overloaded service room"),
        "retry.multiplier": Default(2.0, "doubles the wait for each try"),
        "retry.jitter": Default(True, "callers that failed together don't come back together"),
        "retry.retry_on": Default(("500", "502", "503", "504"), "where neither statuses nor conditions are given"),
        "retry.retry_conditions": Default(
            ("network_error", "timeout", "service_unavailable"), "where neither statuses nor conditions are given"
        ),
        "retry.retry_budget": Default(0.2, "retries add a fifth to the load at most, so an outage is not multiplied"),
        "retry.budget_minimum": Default(10, "few calls may still be retried"),
        "retry.budget_window": Default(10.0, "the span that the share and the minimum are counted in"),
        "circuit_breaker.failure_threshold": Default("5", "failures in a row"),
        "circuit_breaker.success_threshold": Default(1, "one success shows that the service is back"),
        "circuit_breaker.timeout": Default(30.0, "about the time a restart takes"),
        "circuit_breaker.half_open_requests": Default(1, "one caller finds out for all"),
        "circuit_breaker.window": Default(20, "enough calls for a share to mean something"),
        "circuit_breaker.scope": Default("integration", "one service, one breaker"),
        "circuit_breaker.failure_on": Default(
            ("network_error", "timeout", "5xx"), "what says that the service, not the request, is at fault"
        ),
        "validation.responses": Default("warn", "a service that changes its answers should be noticed, not fought"),
        "fallback_behavior.cache_ttl": Default(300.0, "five minutes old at most"),
        "fallback_behavior.idempotency_ttl": Default(86400.0, "the key lifetime most providers promise"),
        "costs.currency": Default("USD", "where no amount names its currency"),
        "costs.time_zone": Default("UTC", "the zone that most providers bill in"),
        "budget.hard_stop": Default(False, "a budget is watched; it refuses only where the spec says so"),
        "versioning.header": Default("Api-Version", "the most common name"),
        "versioning.parameter": Default("version", "the most common name"),
        "logging.level": Default("info", "one line a call"),
        "logging.include_headers": Default(False, "not unless asked"),
        "logging.include_body": Default(False, "not unless asked"),
        "logging.mask_sensitive": Default(True, "off only where the spec says so"),
        "security.tls_minimum": Default("1.2", "RFC 9325 section 3.1.1"),
        "authentication.key_location": Default("header", "keys in URLs end up in logs"),
        "authentication.key_name": Default("Authorization", "RFC 9110 section 11.6.2"),
        "request.content_type": Default("application/json", "the data format, JSON where none is stated"),
        "response.status": Default(("2xx",), "any success"),
        "error_mapping.action": Default(None, "the row only names the failure; retry and fallback stay as they are"),
    }
)
"""`block.field` -> default."""

WHEN_ABSENT = MappingProxyType(
    {
        "timeouts": "the defaults hold",
        "rate_limits": "no limit; a 429 pauses everybody by throttling's defaults",
        "throttling": "with limits, the defaults hold",
        "retry": "one attempt",
        "circuit_breaker": "no breaker",
        "fallback_behavior": "no fallback: the call fails as mapped",
        "error_mapping": "errors carry the service's own code",
        "costs": "nothing is metered",
        "versioning": "no version is sent",
        "monitoring": "logging defaults hold",
        "security": "TLS 1.2 or newer; nothing is marked personal; what is stored has no end",
        "authentication": "no credential is sent",
    }
)
"""Block -> what its absence means."""
