"""A `StateKey` as columns."""

from __future__ import annotations

from intertie.runtime.state_key import StateKey

COLUMNS = "integration, environment, origin, tenant"
HERE = "integration = ? AND environment = ? AND origin = ? AND tenant = ?"
"""Condition of one key's rows, which `values_of` fills."""
MARKS = "?, ?, ?, ?"


def values_of(key: StateKey) -> tuple[str, str, str, str]:
    """Return the key's columns.

    >>> values_of(StateKey("INT-001", "staging"))
    ('INT-001', 'staging', '', '')
    """
    return key.integration, key.environment, key.origin, key.tenant


def chosen(key: StateKey | None) -> tuple[str, tuple[str, ...]]:
    """Return the condition of one key's rows, or of all, and its values.

    >>> chosen(None)
    ('TRUE', ())
    """
    return ("TRUE", ()) if key is None else (HERE, values_of(key))
