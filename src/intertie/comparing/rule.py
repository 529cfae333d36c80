"""How a kind of change is declared: what it compares, and when it is breaking, risky or safe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from inspect import cleandoc
from typing import TypeAlias

from msgspec import Struct

from intertie.comparing.change import Change, Found
from intertie.comparing.sides import Pair

Find: TypeAlias = Callable[[Pair], Iterator[Found]]


class ChangeRule(Struct, frozen=True):
    """One kind of change.

    Attributes:
        kind: Its name.
        summary: What is compared, the first line of the function's docstring.
        breaking, risky, safe: When it is so; empty where it never is.
        plan: Fields of the plan it compares, dotted; `operations.` stands for each operation.
        spec: Fields of the spec that never reach the plan and that it compares.
    """

    kind: str
    summary: str
    breaking: str
    risky: str
    safe: str
    plan: tuple[str, ...]
    spec: tuple[str, ...]
    find: Find

    def changes(self, pair: Pair) -> Iterator[Change]:
        """Yield the changes of this kind."""
        for found in self.find(pair):
            yield Change(
                self.kind, found.impact, found.subject, found.old, found.new, found.reason, *found.at,
                (found.operation,) if found.operation is not None else (),
            )  # fmt: skip


def rule(
    kind: str, *, breaking: str = "", risky: str = "", safe: str = "", plan: tuple[str, ...] = (),
    spec: tuple[str, ...] = (),
) -> Callable[[Find], ChangeRule]:  # fmt: skip
    """Make a rule of a function that yields what it finds."""

    def make(find: Find) -> ChangeRule:
        summary = cleandoc(find.__doc__ or "").splitlines()[0]
        return ChangeRule(kind, summary, breaking, risky, safe, plan, spec, find)

    return make
