"""Words and values that the descriptions of several stages share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def listed(items: Sequence[object]) -> str:
    """Return items as people list them.

    >>> listed([]), listed([409]), listed([409, "5xx", "timeout"])
    ('nothing', '409', '409, 5xx or timeout')
    """
    words = [str(item) for item in items]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}" if words else "nothing"


def percent(ratio: float) -> str:
    """Return a share as people say it.

    >>> percent(0.2)
    '20 %'
    """
    return f"{ratio * 100:g} %"


def most_telling(sources: Mapping[str, str], *names: str) -> str:
    """Return the source of the first option that a place in the spec sets, else that of the first option."""
    return next((sources[name] for name in names if ":" in sources[name]), sources[names[0]])


def status_value(text: str) -> int | str:
    """Return a status as a number, a class or a code as text.

    >>> status_value("409"), status_value("5xx"), status_value("card_declined")
    (409, '5xx', 'card_declined')
    """
    return int(text) if text.isdigit() and len(text) == 3 else text
