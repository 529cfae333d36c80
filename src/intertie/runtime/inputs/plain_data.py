"""Input as plain data: what a validator and an encoder can take; instants become text, sequences become lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from math import isfinite
from uuid import UUID

from intertie.core.secret import Secret
from intertie.runtime.bounds import DEEPEST
from intertie.runtime.inputs.scalars import scalar_text

_AS_IT_IS = frozenset({str, int, bool, type(None)})


class NotPlainError(ValueError):
    """The input holds something that can't be sent. `path` says where, such as `items[2].at`."""

    def __init__(self, rule: str, path: str) -> None:
        super().__init__(rule)
        self.rule = rule
        self.path = path


def plain_object(members: dict[str, object]) -> dict[str, object]:
    """Return the object with plain members; the object itself where all of them are plain already."""
    if _is_plain(members, 0):
        return members
    return {_key(name, ""): plain(value, name, 1) for name, value in members.items()}


def _is_plain(container: dict[str, object] | list[object], depth: int) -> bool:
    """Return whether nothing in it has to be changed, found out without making anything."""
    if depth >= DEEPEST:
        return False
    if type(container) is dict:
        for name in container:
            if type(name) is not str:
                return False
        values: Iterable[object] = container.values()
    else:
        values = container
    for value in values:
        kind = type(value)
        if kind in _AS_IT_IS:
            continue
        if kind is dict or kind is list:
            if not _is_plain(value, depth + 1):  # type: ignore[arg-type]
                return False
        elif kind is not float or not isfinite(value):  # type: ignore[arg-type]
            return False
    return True


def _key(name: object, path: str) -> str:
    if not isinstance(name, str):
        raise NotPlainError("must have text keys", path)
    # The text itself, whatever its class says of it: validators refuse keys of a subclass.
    return name if type(name) is str else str.__str__(name)


def plain(value: object, path: str, depth: int = 0) -> object:
    """Return `value` as plain data: null, booleans, texts, finite numbers, decimals, lists, objects with text keys.

    Raises:
        NotPlainError: It holds something else, or is nested too deeply.
    """
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    if kind is float or isinstance(value, float | Decimal):
        if not (value.is_finite() if isinstance(value, Decimal) else isfinite(value)):  # type: ignore[arg-type]
            raise NotPlainError("must be a finite number", path)
        if kind is float or kind is Decimal:
            return value
        # Neither validator nor encoder knows a subclass, such as numpy's numbers are.
        return Decimal(value) if isinstance(value, Decimal) else float(value)  # type: ignore[arg-type]
    if depth >= DEEPEST and isinstance(value, Mapping | list | tuple):
        # Its own path has two hundred steps: the field is named by its outermost one.
        raise NotPlainError(f"is nested more than {DEEPEST} deep", re.split(r"[.\[]", path, maxsplit=1)[0])
    if isinstance(value, Mapping):
        made: dict[str, object] = {}
        for name, member in value.items():
            made[_key(name, path)] = plain(member, f"{path}.{name}" if path else name, depth + 1)
        return made
    if isinstance(value, list | tuple):
        return [plain(element, f"{path}[{index}]", depth + 1) for index, element in enumerate(value)]
    if isinstance(value, Enum):
        return plain(value.value, path, depth + 1)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, datetime | date | time | UUID):
        return scalar_text(value)
    if isinstance(value, Secret):
        raise NotPlainError("is a secret: credentials are sent by `authentication`, never as input", path)
    if isinstance(value, timedelta):
        raise NotPlainError("is a duration: give it as a number or a text of the unit the service wants", path)
    raise NotPlainError(f"can't be a {kind.__name__}", path)
