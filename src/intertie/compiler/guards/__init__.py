"""The compiler's halves of the guards: each is the module of this package that has the guard's name.

Nothing lists them but `runtime.order.ORDER`: a guard and its half find each other by name.
"""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import cast

from intertie.compiler.guards.half import Compiled, GuardField, Half
from intertie.runtime.order import ORDER

__all__ = ["HALVES", "Compiled", "GuardField", "Half", "field_of"]


def _halves() -> dict[str, Half]:
    names = [guard.name for guard in ORDER if guard.name]
    return {name: cast("Half", import_module(f"{__name__}.{name}").HALF) for name in names}


HALVES = MappingProxyType(_halves())
"""Guard's name -> its half, in the order of the stages."""

_FIELDS = MappingProxyType({field.path: field for half in HALVES.values() for field in half.fields})


def field_of(path: str) -> GuardField | None:
    """Return a guard's field, None where no guard reads it.

    >>> field_of("retry.max_attempts").stage
    'retry'
    """
    return _FIELDS.get(path)
