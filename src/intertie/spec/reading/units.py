"""Units of time that stand beside a number instead of in it: in the key's suffix, or in a comment."""

from __future__ import annotations

import re
from decimal import Decimal

from intertie.core.patterns import later
from intertie.core.units import parse_number

_SPELLINGS = {
    "ms": ("ms", "msec", "msecs", "millis", "millisecond", "milliseconds"),
    "s": ("s", "sec", "secs", "second", "seconds"),
    "m": ("m", "min", "mins", "minute", "minutes"),
    "h": ("h", "hr", "hrs", "hour", "hours"),
    "d": ("d", "day", "days"),
    "w": ("w", "week", "weeks"),
}
UNIT_WORDS: dict[str, str] = {word: unit for unit, words in _SPELLINGS.items() for word in words}
"""Each spelling of a unit -> the unit as `core.units` reads it."""

_LONG = "|".join(sorted((word for word in UNIT_WORDS if len(word) > 1), key=len, reverse=True))
_SUFFIX_RE = later(rf"(.+)_({'|'.join(sorted(UNIT_WORDS, key=len, reverse=True))})\Z")
_COMMENT_RE = later(
    rf"\s*(?:([\d.,_]+)\s*)?(?:(?:(?:measured|given|value)\s+)?\(?in\s+)?\(?(?:({_LONG})\b|(s|m|h|d)\s*\Z)",
    re.IGNORECASE,
)


def split_unit(key: str) -> tuple[str, str] | None:
    """Return key and unit where the key's last word is a unit.

    >>> split_unit("initial_delay_ms"), split_unit("cache_ttl_seconds"), split_unit("max_delay")
    (('initial_delay', 'ms'), ('cache_ttl', 's'), None)
    """
    match = _SUFFIX_RE().match(key)
    return (match.group(1), UNIT_WORDS[match.group(2)]) if match else None


def comment_unit(comment: str, number: Decimal) -> str | None:
    """Return the unit that a comment beside a bare `number` gives it, None where it names none.

    >>> comment_unit("seconds between polls", Decimal(5)), comment_unit("in minutes", Decimal(5))
    ('s', 'm')
    >>> comment_unit("5 seconds", Decimal(5)), comment_unit("never above 10 seconds", Decimal(5))
    ('s', None)
    """
    match = _COMMENT_RE().match(comment)
    if match is None:
        return None
    if match.group(1) is not None and parse_number(match.group(1)) != number:
        return None
    return UNIT_WORDS[(match.group(2) or match.group(3)).lower()]
