"""Values and consequences as people read them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from intertie.compiler.words import money_text
from intertie.core.money import Money, decimal_text
from intertie.core.units import seconds_text
from intertie.runtime.statuses import StatusSet

LONGEST = 120
"""Characters of a value that are shown."""


def shown(value: object) -> str | None:
    """Return a value as text, None for None; a long one is cut.

    >>> shown(True), shown(("a", 1)), shown(Decimal("0.5")), shown({"a": None}), shown(None)
    ('true', 'a, 1', '0.50', '{"a": null}', None)
    """
    if value is None:
        return None
    text = _text(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def seconds(value: float | None) -> str | None:
    """Return a duration as text, None for None."""
    return None if value is None else seconds_text(round(value, 6))


def percent(ratio: float | None) -> str | None:
    """Return a ratio as a percentage.

    >>> percent(0.2), percent(0.005), percent(None)
    ('20%', '0.5%', None)
    """
    return None if ratio is None else f"{round(ratio * 100, 6):g}%"


def money(value: Money | None) -> str | None:
    """Return an amount with its currency."""
    return None if value is None else money_text(value)


def listed(names: Iterable[str]) -> str:
    """Return names in a sentence.

    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def status_words(statuses: StatusSet) -> tuple[str, ...]:
    """Return statuses as they are written, with the classes in place of their codes.

    >>> status_words(StatusSet.of(["5XX", "429"])), status_words(StatusSet((), frozenset({404})))
    (('5xx', '429'), ('404',))
    """
    named = StatusSet.of(statuses.written)
    return (*named.written, *(str(code) for code in sorted(statuses.codes - named.codes)))


def canonical(value: object) -> str:
    """Return a text that is equal for equal plain data; tells `1` from `true`."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)


def _text(value: object) -> str:
    match value:
        case str():
            return value
        case bool() | dict() | Mapping():
            return canonical(dict(value) if isinstance(value, Mapping) else value)
        case Decimal():
            return decimal_text(value)
        case Money():
            return money_text(value)
        case date():
            return value.isoformat()
        case float():
            return f"{value:g}"
        case list() | tuple() | set() | frozenset():
            return ", ".join(_text(item) for item in value) or "none"
        case None:
            return "null"
        case _:
            return str(value)
