"""What is left of an input when the outbound rows have taken their fields; and how it joins what they made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from intertie.runtime.mapping.contracts import MISSING
from intertie.runtime.mapping.paths import EACH, Step


def without(value: object, paths: Iterable[tuple[Step, ...]]) -> object:
    """Return `value` without what the paths lead to; `MISSING` where nothing is left. The value itself is not changed.

    >>> without({"email": "a", "name": "b"}, [("email",)])
    {'name': 'b'}
    """
    left = value
    for path in paths:
        left = _without(left, path)
        if left is MISSING:
            return MISSING
    return left


def _without(value: object, path: tuple[Step, ...]) -> object:
    if not path:
        return MISSING
    step, rest = path[0], path[1:]
    if isinstance(step, str) and isinstance(value, Mapping):
        if step not in value:
            return value
        member = _without(value[step], rest)
        kept = {name: each for name, each in value.items() if name != step}
        if member is not MISSING:
            kept[step] = member
        return kept or MISSING
    if step is EACH and isinstance(value, list):
        elements = [_without(element, rest) for element in value]
        if all(element is MISSING for element in elements):
            return MISSING
        return [{} if element is MISSING else element for element in elements]
    return value  # a single position of a list stays: taking it out would move the others


def merged(made: object, left: object) -> object:
    """Return what the mapping made, completed by what was left; `MISSING` where both set the same place."""
    if isinstance(made, dict) and isinstance(left, Mapping):
        both = dict(made)
        for name, value in left.items():
            both[name] = merged(both[name], value) if name in both else value
            if both[name] is MISSING:
                return MISSING
        return both
    if isinstance(made, list) and isinstance(left, list) and len(made) == len(left):
        elements = [merged(a, b) for a, b in zip(made, left, strict=True)]
        return MISSING if MISSING in elements else elements
    return MISSING
