"""Headings of endpoints: from what the source calls them, each with an operation id of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable

from intertie.core.errors import snake_case

_LONGEST = 80
_NUMBERED_RE = re.compile(r"\s*\d+(?:\.\d+)*[.)]?\s+")
_PARAMETER_RE = re.compile(r"\{([^{}]+)\}")


class Headings:
    """Gives out headings; no two have the same operation id."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._ids = {snake_case(heading) for heading in taken}

    def give(self, method: str, path: str, *names: str) -> str:
        """Return a heading from the first of `names` that gives one, else from the request line.

        >>> Headings().give("GET", "/v1/charges/{id}", "", "listAllCharges")
        'List All Charges'
        >>> Headings().give("GET", "/v1/charges/{id}")
        'Get V1 Charges By Id'
        """
        line = f"{method.lower()} {_PARAMETER_RE.sub(lambda match: f'by {match[1]}', path)}"
        heading = next((made for name in (*names, line) if (made := heading_of(name))), f"{method.title()} Root")
        if _NUMBERED_RE.match(heading):
            heading = f"{method.title()} {heading}"
        unique, number = heading, 2
        while snake_case(unique) in self._ids:
            unique, number = f"{heading} {number}", number + 1
        self._ids.add(snake_case(unique))
        return unique


def heading_of(name: str) -> str:
    """Return the words of a name as a heading, empty where it has none.

    >>> heading_of("chat.postMessage"), heading_of("repos/list-for-org"), heading_of("…")
    ('Chat Post Message', 'Repos List For Org', '')
    """
    words = [word for word in snake_case(name).split("_") if word]
    heading = ""
    for word in words:
        longer = f"{heading} {word[:1].upper()}{word[1:]}".strip()
        if len(longer) > _LONGEST:
            break
        heading = longer
    return heading or (words[0][:_LONGEST].capitalize() if words else "")


def singular(word: str) -> str:
    """Return a word for one of many, for a path's placeholder.

    >>> singular("charges"), singular("categories"), singular("status"), singular("boxes")
    ('charge', 'category', 'status', 'box')
    """
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("xes", "ches", "shes", "sses")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 2:
        return word[:-1]
    return word
