"""The mock's halves of the guards: what a service that keeps its own limits does about each.

A half is the module of this package that has its guard's name. Those that judge a request as it arrives are gates, and
`runtime.order.ORDER` is all that lists them; the engine asks the others by name.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from intertie.mockserver.guards.gate import Gate, LimitRefusal
from intertie.runtime.order import ORDER
from intertie.runtime.plan import Plan

__all__ = ["Gate", "LimitRefusal", "gates_of"]


def gates_of(plan: Plan) -> tuple[Gate, ...]:
    """Return the gates of a plan that bound anything, in the order of the stages."""
    found: list[Gate] = []
    for guard in ORDER:
        name = f"{__name__}.{guard.name}"
        if guard.name and find_spec(name) is not None:
            make = getattr(import_module(name), "gate", None)
            made = make(plan) if make is not None else None
            if made is not None:
                found.append(made)
    return tuple(found)
