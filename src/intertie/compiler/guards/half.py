"""The compiler's half of a guard: from fields of the spec to options, with the source of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from msgspec import Struct

from intertie.compiler.build import Build
from intertie.compiler.fate import How
from intertie.spec.model import Endpoint


class GuardField(Struct, frozen=True):
    """A field of the spec that a guard reads.

    Attributes:
        path: Such as `retry.max_attempts`.
        how, where: What becomes of it, and where that is seen (or why it is not done).
        stage, options: The stage whose description shows its value, and as which option: the first that is there.
        stricter: `lower` or `higher`: the direction in which the guard lets less through; empty where it has none.
    """

    path: str
    how: How
    where: str
    stage: str = ""
    options: tuple[str, ...] = ()
    stricter: str = ""


def guard_fields(
    block: str, how: How, where: str, names: str, *, stage: str = "", stricter: str = ""
) -> Iterator[GuardField]:
    """Yield fields of one block that count alike.

    Args:
        block: Such as `retry`.
        how: As in `GuardField`, and so the other three.
        where: What becomes of them.
        names: Separated by spaces, each `name`, `name=option` or `name=option|other`.
        stage: Of those that have an option.
        stricter: `lower`, `higher` or empty.

    >>> [(field.path, field.options) for field in guard_fields("retry", How.ENFORCED, "", "jitter=jitter enabled")]
    [('retry.jitter', ('jitter',)), ('retry.enabled', ())]
    """
    for word in names.split():
        name, _, options = word.partition("=")
        shown = tuple(options.split("|")) if options else ()
        yield GuardField(f"{block}.{name}", how, where, stage if shown else "", shown, stricter)


class Compiled(Struct, frozen=True):
    """What became of a guard's fields.

    Attributes:
        options: None where the guard is off.
        sources: Option, as the stage describes it -> `path:line`, `config` or `default`.
        unsupported: Why calls can't be made with what the spec asks for, None where they can.
    """

    options: Struct | None
    sources: Mapping[str, str] = {}
    unsupported: str | None = None


class Half:
    """One guard's half. What it does not override it does not have.

    Attributes:
        fields: The fields that it reads.
        stages: The stages that its sources belong to.
        plan_field: Field of `Plan` that has its options; empty where they stand in `Plan.guards` under its name.
    """

    fields: ClassVar[tuple[GuardField, ...]] = ()
    stages: ClassVar[tuple[str, ...]] = ()
    plan_field: ClassVar[str] = ""

    def compile(self, build: Build) -> Compiled | None:  # noqa: ARG002  # for those that override it
        """Return what all operations share, None where the guard has nothing of that kind."""
        return None

    def longest_wait_s(self, options: Any) -> float:  # noqa: ARG002
        """Return how long an attempt may wait for what the guard gives under an operation's own options."""
        return 0.0

    def compile_operation(self, build: Build, endpoint: Endpoint) -> Compiled | None:  # noqa: ARG002
        """Return what is one operation's own, for `OperationPlan.guards`; None where there is nothing."""
        return None
