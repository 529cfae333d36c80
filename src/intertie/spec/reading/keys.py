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


def forget_table(block_type: type[Block]) -> None:
    """Forget a block's spellings, because its declarations changed."""
    _TABLES.pop(block_type, None)
    for key in [key for key in _FOUND if key[0] is block_type]:
        del _FOUND[key]


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
    """Return the one of `known` that is nearest to a written key, None where none is near.

    A key that differs by a whole word is another thing, not a slip.

    >>> did_you_mean("max_atempts", ["max_attempts"]), did_you_mean("half_open", ["half_open_requests"])
    ('max_attempts', 'half_open_requests')
    >>> did_you_mean("tokens_per_minute", ["requests_per_minute"]), did_you_mean("token", ["token_url"])
    (None, None)
    """
    spelling = snake_case(written)
    near = difflib.get_close_matches(spelling, known, 3, cutoff=0.6)
    return next((each for each in near if _is_near(spelling, each)), None)


def _is_near(spelling: str, known: str) -> bool:
    """Return whether each word of one is nearly that of the other, or one begins with two words of the other."""
    written, meant = spelling.split("_"), known.split("_")
    if len(written) == len(meant):
        return all(_is_same_word(one, other) for one, other in zip(written, meant, strict=True))
    if 1 < len(written) < len(meant) and meant[: len(written)] == written:
        return True
    return _ratio(spelling.replace("_", ""), known.replace("_", "")) >= _JOINED


def _ratio(one: str, other: str) -> float:
    return 1.0 if one == other else difflib.SequenceMatcher(None, one, other).ratio()


def _is_same_word(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    ratio = _ratio(one, other)
    return ratio >= (_SLIP if one[:1] == other[:1] else _SWAPPED) or (len(shorter) > 2 and longer.startswith(shorter))


_SLIP, _SWAPPED, _JOINED = 0.75, 0.88, 0.8


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
