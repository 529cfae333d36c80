"""What assertions may look at: the answer, and what the guards did."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from intertie.core import errors
from intertie.runtime.event_catalogue import CATALOGUE


class Value(StrEnum):
    """What kind of value a name stands for."""

    NUMBER = "a number"
    TEXT = "a text"
    DURATION = "a duration"
    BOOLEAN = "true or false"
    LIST = "a list"
    ANY = "anything"


NAMES: Mapping[str, Value | Mapping[str, Value]] = MappingProxyType(
    {
        "status": Value.NUMBER,
        "data": Value.ANY,
        "error": {
            "type": Value.TEXT,
            "internal_code": Value.TEXT,
            "external_code": Value.TEXT,
            "external_message": Value.TEXT,
            "message": Value.TEXT,
            "user_message": Value.TEXT,
            "operation": Value.TEXT,
            "status": Value.NUMBER,
            "attempts": Value.NUMBER,
            "retry_after": Value.DURATION,
            "elapsed": Value.DURATION,
            "reached": Value.TEXT,
            "phase": Value.TEXT,
            "policy": Value.TEXT,
            "field": Value.TEXT,
            "rule": Value.TEXT,
            "path": Value.TEXT,
        },
        "attempts": Value.NUMBER,
        "waits": Value.NUMBER,
        "elapsed": Value.DURATION,
        "breaker": {"state": Value.TEXT, "failures": Value.NUMBER},
        "fallback": Value.TEXT,
        "stale": Value.BOOLEAN,
        "receipt": Value.TEXT,
        "warnings": Value.LIST,
        "cost": Value.NUMBER,
        "rate_limit": {
            "remaining": Value.NUMBER,
            "limit": Value.NUMBER,
            "reset": Value.DURATION,
        },
        "idempotency_key": Value.TEXT,
        "secrets_logged": Value.NUMBER,
        "events": Value.LIST,
        "response_time": Value.DURATION,
        "error_rate": Value.NUMBER,
        "request_count": Value.NUMBER,
        "throughput": Value.NUMBER,
    }
)
"""Name -> what it is, or its members with what they are."""

FUNCTIONS = ("p50", "p90", "p95", "p99")
"""Percentiles, of `response_time`."""

ERROR_TYPES = frozenset(
    name
    for name, each in vars(errors).items()
    if isinstance(each, type) and issubclass(each, errors.IntertieError) and each is not errors.IntertieError
)
"""What `error.type` can be."""
EVENTS = frozenset(row.kind.event for row in CATALOGUE)
"""What can stand in `events`."""
BREAKER_STATES = ("closed", "open", "half_open")
FALLBACKS = ("cache", "default", "queue")


def value_of(steps: tuple[str, ...]) -> Value | None:
    """Return what a path stands for, None where there is nothing of that name.

    >>> value_of(("breaker", "state")), value_of(("breaker", "stat")), value_of(("data", "price"))
    (<Value.TEXT: 'a text'>, None, <Value.ANY: 'anything'>)
    """
    known = NAMES.get(steps[0])
    if isinstance(known, Mapping):
        if len(steps) == 1:
            return Value.ANY
        return known.get(steps[1]) if len(steps) == 2 else None
    if known is None or known is Value.ANY or len(steps) == 1:
        return known
    return None
