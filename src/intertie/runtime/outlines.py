"""What is asked of all operations of a plan when it is opened: so little that none of them has to be read for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol, runtime_checkable

from msgspec import Struct

from intertie.runtime.plan import OperationPlan, Plan


class Outline(Struct, frozen=True):
    """One operation, from afar.

    Attributes:
        guards: Those that it has options of its own for.
        patterns: Those of its wire.
    """

    guards: frozenset[str]
    patterns: Mapping[str, str]

    @classmethod
    def of(cls, operation: OperationPlan) -> Outline:
        """Return the outline of an operation that is there."""
        return cls(frozenset(operation.guards), operation.wire.patterns)


@runtime_checkable
class Outlined(Protocol):
    """Operations that know their outlines."""

    def outlines(self) -> Iterator[tuple[str, Outline]]:
        """Yield id and outline of each."""


def outlines(plan: Plan) -> Iterator[tuple[str, Outline]]:
    """Yield id and outline of each operation."""
    if isinstance(plan.operations, Outlined):
        yield from plan.operations.outlines()
        return
    for name, operation in plan.operations.items():
        yield name, Outline.of(operation)
