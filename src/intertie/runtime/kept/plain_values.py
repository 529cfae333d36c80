"""Whether what a plan holds in its open fields comes back from MessagePack as what it is.

A field of type `object` may hold anything. Decimals, dates and tuples would silently come back as texts and lists, so
that a plan which has one is not kept. What YAML and JSON hold is all that is expected there.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import get_args, get_origin

from msgspec import Struct, structs

from intertie.runtime.kept.form import Unkeepable

_PLAIN = frozenset({str, bool, float, type(None)})
_SMALLEST, _LARGEST = -(2**63), 2**64 - 1


def check_plain(value: object) -> None:
    """Check data of JSON.

    Raises:
        Unkeepable: It is, or holds, something else, such as a number beyond 64 bits.
    """
    kind = type(value)
    if kind in _PLAIN:
        return
    if kind is int:
        if not _SMALLEST <= value <= _LARGEST:  # type: ignore[operator]
            raise Unkeepable("a whole number of more than 64 bits")
    elif kind is list:
        for each in value:  # type: ignore[attr-defined]
            check_plain(each)
    elif kind is dict:
        for key, each in value.items():  # type: ignore[attr-defined]
            if type(key) is not str:
                raise Unkeepable(f"a key that is {type(key).__name__}")
            check_plain(each)
    else:
        raise Unkeepable(f"a value that is {kind.__name__}")


def check_open_fields(value: object) -> None:
    """Check what the open fields of a struct hold, and those of the structs within.

    Raises:
        Unkeepable: See `check_plain`.
    """
    if isinstance(value, Struct):
        for name, is_open in _fields_of(type(value)):
            (_check_open if is_open else check_open_fields)(getattr(value, name))
    elif isinstance(value, tuple):
        for each in value:
            check_open_fields(each)


def _check_open(value: object) -> None:
    check_plain(dict(value) if isinstance(value, Mapping) else value)


@cache
def _fields_of(kind: type[Struct]) -> tuple[tuple[str, bool], ...]:
    """Return each field's name, and whether it may hold anything."""
    return tuple((each.name, _is_open(each.type)) for each in structs.fields(kind))


def _is_open(declared: object) -> bool:
    return declared is object or (get_origin(declared) is not None and object in get_args(declared))
