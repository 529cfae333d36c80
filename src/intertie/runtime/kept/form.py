"""The form of a kept plan: its parts in MessagePack, what many operations share written once.

msgspec writes and checks most of a plan by its own types. Written apart are those parts whose type does not say what
they are (wire, options of further guards), that are no data (paths, transforms, schemas), or that operations share.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Raw, Struct, structs

from intertie.runtime.order import ORDER
from intertie.runtime.plan import MappingRow, OperationPlan, Plan
from intertie.runtime.wires.plan import WirePlan
from intertie.runtime.wires.rest.plan import RestWire

T = TypeVar("T", bound=Struct)

WIRES: dict[str, type[WirePlan]] = {"rest": RestWire}
"""Tag -> plan part, of our own protocols. Of an application's, no key would say when it changes."""
OPTIONS: dict[str, type[Struct]] = {guard.name: guard.options for guard in ORDER if guard.options is not None}
"""Guard -> options, of guards that have no field in the plan."""


class Unkeepable(ValueError):  # noqa: N818  # reads as the state it names
    """A plan holds what can't be written; the text says what."""


class BrokenPlan(ValueError):  # noqa: N818  # reads as the state it names
    """These bytes are no plan."""


class KeptPlan(Struct, frozen=True, array_like=True):
    """A plan.

    Attributes:
        plan: Its fields but for the two below.
        guards: Guard -> options.
        definitions: Parts of schemas that several schemas have.
        schemas: Each a `KeptSchema`.
        rows: Each a `KeptRow`.
        stages: Each a `StageDescription`.
        operations: Id -> `KeptOperation`.
    """

    plan: Raw
    guards: dict[str, Raw]
    definitions: tuple[Raw, ...]
    schemas: tuple[Raw, ...]
    rows: tuple[Raw, ...]
    stages: tuple[Raw, ...]
    operations: dict[str, Raw]


class KeptOperation(Struct, frozen=True, array_like=True):
    """An operation; numbers are places in the plan's lists.

    Attributes:
        own: Its fields but for those below.
        tag: The protocol of `wire`.
        patterns: Those of the wire, for who looks at all operations and needs no more.
    """

    own: Raw
    tag: str
    wire: Raw
    guards: dict[str, Raw]
    patterns: dict[str, str]
    stages: tuple[int, ...]
    outbound: tuple[int, ...]
    inbound: tuple[int, ...]


class KeptSchema(Struct, frozen=True, array_like=True):
    """A schema.

    Attributes:
        json: With null in place of its `$defs`.
        definitions: Those by their places, None where it has none.
    """

    json: Any
    name: str | None
    definitions: dict[str, int] | None


class KeptPath(Struct, frozen=True, array_like=True):
    """A path: `name` where it is one name whatever its text looks like, else None: the text says it all."""

    text: str
    name: str | None


class KeptRow(Struct, frozen=True, array_like=True):
    """A mapping row; `transform` is its text."""

    own: Raw
    read: KeptPath
    write: KeptPath
    transform: str | None


class Cut(Generic[T]):
    """A struct without some of its fields, which are written apart."""

    def __init__(self, whole: type[T], *apart: str) -> None:
        self._whole = whole
        fields = [(each.name, each.type) for each in structs.fields(whole) if each.name not in apart]
        self._names = tuple(name for name, _ in fields)
        self._rest: type[Struct] = msgspec.defstruct(f"CutOf{whole.__name__}", fields, array_like=True, frozen=True)

    def rest_of(self, whole: T) -> Struct:
        """Return the fields that are not written apart."""
        return self._rest(**{name: getattr(whole, name) for name in self._names})

    def decoder(self, dec_hook: Callable[[type, Any], Any]) -> Callable[[Raw], dict[str, Any]]:
        """Return what reads those fields."""
        decode = msgspec.msgpack.Decoder(self._rest, dec_hook=dec_hook).decode
        return lambda raw: structs.asdict(decode(raw))


PLAN = Cut(Plan, "operations", "guards")
OPERATION = Cut(OperationPlan, "wire", "guards", "stages", "outbound", "inbound")
ROW = Cut(MappingRow, "read", "write", "transform")
