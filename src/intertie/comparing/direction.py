"""Which way a field of a guard lets less through: each guard's half says so, field by field."""

from __future__ import annotations

from intertie.compiler.guards import HALVES, field_of
from intertie.compiler.guards.half import GuardField


def is_stricter(path: str, old: float | None, new: float | None) -> bool:
    """Return whether a bound lets less through than before; None bounds nothing.

    >>> is_stricter("rate_limits.burst_size", None, 10), is_stricter("rate_limits.burst_size", 10, 20)
    (True, False)
    >>> is_stricter("circuit_breaker.timeout", 30.0, 60.0)
    True
    """
    field = field_of(path)
    if field is None or not field.stricter:
        raise LookupError(f"no guard says which way {path} is stricter")
    if new is None or old is None:
        return old is None and new is not None
    return new < old if field.stricter == "lower" else new > old


def field_of_option(guard: str, option: str) -> GuardField | None:
    """Return the spec's field that becomes an option of a guard, None where no single one does."""
    half = HALVES.get(guard)
    return next((field for field in half.fields if option in field.options), None) if half else None
