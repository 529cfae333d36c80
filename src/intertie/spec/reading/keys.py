"""Which field a key names: exactly, by an alias, by another spelling, or with its unit behind it."""

from __future__ import annotations

import difflib

from msgspec import Struct

from intertie.core.errors import snake_case
from intertie.spec.fields import Block, FieldInfo, Kind, declared_fields
from intertie.spec.reading.units import split_unit


class KnownKey(Struct, frozen=True):
    """The field that a key names.

    Attributes:
        attribute: Of the block's class.
        key: Its canonical key.
        unit: The unit that the written key names, None where it names none.
    """

    attribute: str
    key: str
    info: FieldInfo
    unit: str | None = None


_TIMES = frozenset({Kind.DURATION, Kind.TARGET})


_TABLES: dict[type[Block], dict[str, KnownKey]] = {}
_FOUND: dict[tuple[type[Block], str], KnownKey] = {}


def field_table(block_type: type[Block]) -> dict[str, KnownKey]:
    """Return every accepted spelling, in snake_case, of the block's keys."""
    if block_type in _TABLES:
        return _TABLES[block_type]
    table: dict[str, KnownKey] = {}
    declared = declared_fields(block_type)
    for key, (attribute, info) in declared.items():
        table[snake_case(key)] = KnownKey(attribute, key, info)
    for key, (attribute, info) in declared.items():
        for alias in info.aliases:
            table.setdefault(snake_case(alias), KnownKey(attribute, key, info))
    _TABLES[block_type] = table
    return table


def find_key(block_type: type[Block], written: str) -> KnownKey | None:
    """Return the field that a written key names, None where the block knows none like it."""
    known = _FOUND.get((block_type, written))
    if known is not None:
        return known
    table = field_table(block_type)
    spelling = snake_case(written)
    known = table.get(spelling)
    if known is not None:
        if written == known.key:
            # The canonical keys are few and nearly all there is; other spellings are looked up anew.
            _FOUND[block_type, written] = known
        return known
    split = split_unit(spelling)
    if split is not None:
        known = table.get(split[0])
        if known is not None and known.info.kind in _TIMES:
            return KnownKey(known.attribute, known.key, known.info, split[1])
    return None


def did_you_mean(written: str, known: list[str]) -> str | None:
    """Return the one of `known` that is nearest to a written key, None where none is near."""
    near = difflib.get_close_matches(snake_case(written), known, 1, cutoff=0.7)
    return near[0] if near else None


def is_slip_of(written: str, meant: str, known: list[str]) -> bool:
    """Return whether a written key can only be one known key with a slip in it: a letter or two, and nothing else near.

    >>> is_slip_of("max_atempts", "max_attempts", ["max_attempts", "max_retries"])
    True
    >>> is_slip_of("requests_per_week", "requests_per_second", ["requests_per_second", "requests_per_hour"])
    False
    """
    spelling = snake_case(written)
    ratio = difflib.SequenceMatcher(None, spelling, meant).ratio()
    return ratio >= 0.88 and difflib.get_close_matches(spelling, known, 2, cutoff=0.8) == [snake_case(meant)]
