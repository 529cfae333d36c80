"""The two versions side by side: which operation is which, and what each amounts to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TypeVar

from msgspec import Struct

from intertie.comparing.change import Found, Impact, Places
from intertie.comparing.contracts import Contracts
from intertie.comparing.places import place_of
from intertie.comparing.words import money, seconds
from intertie.core.money import Money
from intertie.runtime.plan import OperationPlan, Plan
from intertie.spec.fields import Block
from intertie.spec.model import Endpoint, Spec

T = TypeVar("T")

_PLACEHOLDER_RE = re.compile(r"\{[^{}]*\}")


class Side(Struct, frozen=True):
    """One version: the spec as read, and its plan."""

    spec: Spec
    plan: Plan


class OperationPair(Struct, frozen=True):
    """One operation in both versions.

    Attributes:
        name: Its id, the old one where it is renamed.
        old_block, new_block: Where it is described.
    """

    name: str
    old: OperationPlan
    new: OperationPlan
    old_block: Block | Spec
    new_block: Block | Spec

    def both(self, read: Callable[[OperationPlan], T]) -> tuple[T, T] | None:
        """Return what is read from each, None where it is the same."""
        before, after = read(self.old), read(self.new)
        return None if before == after else (before, after)

    def at(self, *path: str) -> Places:
        """Return the place of a field of the endpoint."""
        return place_of(self.old_block, *path), place_of(self.new_block, *path)

    def found(self, impact: Impact, what: str, texts: Sequence[str | None], reason: str, at: Places) -> Found:
        """Return a change of the operation as a rule yields it.

        Args:
            impact: Of the change.
            what: What has changed, such as `body, required`.
            texts: The old text and the new one, None where it is absent there.
            reason: Why it matters.
            at: Where it stands.
        """
        old, new = texts
        return Found(impact, f"{self.name}: {what}", old, new, reason, at, self.name)


class Pair:
    """Two versions of one integration.

    Attributes:
        operations: Those that both have, by id, else by method and path.
        removed, added: The others.
    """

    def __init__(self, old: Side, new: Side) -> None:
        self.old = old
        self.new = new
        self._old_blocks = _blocks(old.spec)
        self._new_blocks = _blocks(new.spec)
        matched = dict(_matched(old.plan, new.plan))
        self.operations = tuple(
            OperationPair(
                name, old.plan.operations[name], new.plan.operations[other],
                self.old_block(old.plan.operations[name]), self.new_block(new.plan.operations[other]),
            )
            for name, other in sorted(matched.items())
        )  # fmt: skip
        self.removed = tuple(each for name, each in old.plan.operations.items() if name not in matched)
        taken = set(matched.values())
        self.added = tuple(each for name, each in new.plan.operations.items() if name not in taken)

    def both(self, read: Callable[[Plan], T]) -> tuple[T, T] | None:
        """Return what is read from each plan, None where it is the same."""
        before, after = read(self.old.plan), read(self.new.plan)
        return None if before == after else (before, after)

    def at(self, *path: str) -> Places:
        """Return the place of a field of the spec."""
        return place_of(self.old.spec, *path), place_of(self.new.spec, *path)

    def old_block(self, operation: OperationPlan) -> Block | Spec:
        """Return the old spec's block of an operation."""
        return self._old_blocks.get(operation.source) or self._old_blocks.get(operation.name) or self.old.spec

    def new_block(self, operation: OperationPlan) -> Block | Spec:
        """Return the new spec's block of an operation."""
        return self._new_blocks.get(operation.source) or self._new_blocks.get(operation.name) or self.new.spec

    @cached_property
    def contracts(self) -> Contracts:
        """How the schemas of the operations differ that both have."""
        return Contracts(self.operations, self.old.spec, self.new.spec)

    # What it amounts to

    @cached_property
    def longest_s(self) -> tuple[float, float]:
        """The longest call that both have, in each."""
        old = max((pair.old.worst_case_s for pair in self.operations), default=0.0)
        new = max((pair.new.worst_case_s for pair in self.operations), default=0.0)
        return old, new

    @cached_property
    def attempts(self) -> tuple[int, int]:
        """The most attempts of a call that both have, in each."""
        old = max((pair.old.max_attempts for pair in self.operations), default=0)
        new = max((pair.new.max_attempts for pair in self.operations), default=0)
        return old, new

    @cached_property
    def dearest(self) -> tuple[Money | None, Money | None]:
        """What the dearest call can cost with all its attempts, in each; None where nothing is paid per call."""
        return _dearest([pair.old for pair in self.operations]), _dearest([pair.new for pair in self.operations])

    @property
    def heavier(self) -> bool:
        """Whether a call can take longer or cost more than before, or a month at the limit can."""
        months = (self.old.plan.worst_month, self.new.plan.worst_month)
        return self.longest_s[1] > self.longest_s[0] or _dearer(*self.dearest) or _dearer(*months)

    @cached_property
    def consequences(self) -> str:
        """What differs in the longest call, its attempts, its cost and a month at the limit: `; …`, or nothing."""
        told: list[str] = []
        for what, pair in (
            ("the longest call", (seconds(self.longest_s[0]), seconds(self.longest_s[1]))),
            ("most attempts", (str(self.attempts[0]), str(self.attempts[1]))),
            ("the dearest call", (money(self.dearest[0]), money(self.dearest[1]))),
            ("a month at the limit", (money(self.old.plan.worst_month), money(self.new.plan.worst_month))),
        ):
            if pair[0] != pair[1]:
                told.append(f"{what} {pair[0] or 'unbounded'} → {pair[1] or 'unbounded'}")
        return f"; {', '.join(told)}" if told else ""


def _blocks(spec: Spec) -> dict[str, Endpoint]:
    """Return the endpoints by the place of their path, as plans name it, and by their name."""
    found: dict[str, Endpoint] = {}
    for endpoint in spec.endpoints:
        if endpoint.name is not None:
            found[endpoint.name.value] = endpoint
        if endpoint.endpoint is not None and endpoint.endpoint.path is not None:
            found[str(endpoint.endpoint.path.span)] = endpoint
    return found


def _matched(old: Plan, new: Plan) -> Iterator[tuple[str, str]]:
    """Yield the ids of the same operation in both: of one id, else of one method and path, as far as that is clear.

    Names of placeholders don't count: `/charges/{id}` and `/charges/{charge_id}` are one path.
    """
    yield from ((name, name) for name in old.operations if name in new.operations)
    left = {name: _route(each) for name, each in old.operations.items() if name not in new.operations}
    others: dict[tuple[str, str], list[str]] = {}
    for name, operation in new.operations.items():
        if name not in old.operations:
            others.setdefault(_route(operation), []).append(name)
    for name, route in left.items():
        if len(others.get(route, ())) == 1 and list(left.values()).count(route) == 1:
            yield name, others[route][0]


def _route(operation: OperationPlan) -> tuple[str, str]:
    return operation.wire.protocol, _PLACEHOLDER_RE.sub("{}", operation.wire.title)


def _dearest(operations: list[OperationPlan]) -> Money | None:
    costs = [
        Money(each.cost_per_call.amount * each.max_attempts, each.cost_per_call.currency)
        for each in operations
        if each.cost_per_call is not None
    ]
    return max(costs, key=lambda cost: cost.amount, default=None)


def _dearer(old: Money | None, new: Money | None) -> bool:
    if old is None or new is None:
        return new is not None
    return new.amount > old.amount or new.currency != old.currency
