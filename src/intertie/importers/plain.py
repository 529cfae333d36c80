"""Plain data of unknown shape, read without surprise: what is of another kind counts as absent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

Mapping: TypeAlias = dict[str, object]

_SURROGATES_RE = re.compile(r"[\ud800-\udfff]")


def mapping(value: object) -> Mapping:
    """Return a mapping, empty where it is none."""
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> list[object]:
    """Return a list, empty where it is none."""
    return value if isinstance(value, list) else []


def mappings(value: object) -> Iterator[Mapping]:
    """Yield the mappings in a list."""
    return (item for item in sequence(value) if isinstance(item, dict))


def word(value: object) -> str:
    """Return a text or number as text without blanks around it, empty where it is neither.

    >>> word(" a "), word(3.1), word(True), word(None)
    ('a', '3.1', '', '')
    """
    if isinstance(value, str):
        return _SURROGATES_RE.sub("\ufffd", value).strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
