"""The stages of a call, outermost first. The order is a decision with reasons: see docs/adr/0001-stage-order.md."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """One stage; the values are the names in plans, events and metrics."""

    TELEMETRY = "telemetry"
    OUTBOUND_MAPPING = "outbound_mapping"
    REQUEST_VALIDATION = "request_validation"
    FALLBACK = "fallback"
    DEADLINE = "deadline"
    RETRY = "retry"
    CIRCUIT_BREAKER = "circuit_breaker"
    BUDGET = "budget"
    AUTHENTICATION = "authentication"
    VERSION = "version"
    IDEMPOTENCY_KEY = "idempotency_key"
    CONNECTION = "connection"
    RATE_LIMIT = "rate_limit"
    CIRCUIT_BREAKER_AGAIN = "circuit_breaker_again"
    SEND = "send"
    CLASSIFY = "classify"
    SETTLE = "settle"
    RESPONSE_VALIDATION = "response_validation"
    INBOUND_MAPPING = "inbound_mapping"
    LAST_GOOD = "last_good"


ORDER: tuple[Stage, ...] = tuple(Stage)
