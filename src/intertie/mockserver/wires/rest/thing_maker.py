"""Makes the things of one resource: valid by the schema that the plan's answers show them with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zlib import crc32

from intertie.mockserver.generation import Sampler
from intertie.mockserver.generation.draws import Draws
from intertie.mockserver.generation.merging import References
from intertie.mockserver.wires.rest.coercion import items, member
from intertie.mockserver.wires.rest.echo import Echo, copied
from intertie.mockserver.wires.rest.resource_shapes import Role
from intertie.runtime.mapping import parse_path
from intertie.runtime.plan import OperationPlan
from intertie.runtime.schemas import CompiledSchema

_VARIANTS = 32
_PREFERRED = ("read", "create", "update", "replace", "list")


class ThingMaker:
    """Makes things.

    Args:
        members: Operations of one collection with their roles, at least one of which shows the thing.
        seed: Of the mock.
        recent_s: UTC seconds that generated dates lie shortly before.
    """

    def __init__(self, members: Sequence[tuple[OperationPlan, Role]], *, seed: int | str, recent_s: float) -> None:
        showing = [pair for pair in members if pair[1].id_field and pair[0].result.schema is not None]
        operation, role = min(
            showing, key=lambda pair: _PREFERRED.index(pair[1].kind) if pair[1].kind in _PREFERRED else 9
        )
        self.id_field = role.id_field
        self._seed = f"{seed}:{role.collection}"
        schema = _thing_schema(operation, role)
        self.echo = Echo(schema)
        self._sampler = Sampler(schema, recent_s=recent_s)
        self._variants: dict[int, dict[str, object]] = {}
        self._example = _thing_example(operation, role)
        self.documented = self._documented(schema)
        """Identifiers that the spec itself shows."""

    def make(self, key: str, given: Mapping[str, object], *, identifier: object = None) -> dict[str, object]:
        """Return a thing with the given fields; its identifier is drawn from the key unless one is given.

        Things are varied copies of a few that are made in full: making each anew would cost a hundred times as much.

        Raises:
            Unsatisfiable: Nothing can be made from the schema.
        """
        thing = self._base(crc32(key.encode()) % _VARIANTS)
        if identifier is None:
            current = thing.get(self.id_field)
            if isinstance(current, str):
                identifier = Draws.keyed(f"{self._seed}:{key}").alike(current)
        own = {} if identifier is None else {self.id_field: identifier}
        return self.echo.laid_over(thing, {**{n: v for n, v in given.items() if n != self.id_field}, **own})

    def number(self, serial: int) -> int | None:
        """Return the number that identifies the thing of that serial, None where identifiers are no numbers."""
        first = self._base(0).get(self.id_field)
        return first + serial if isinstance(first, int) and not isinstance(first, bool) else None

    def _base(self, variant: int) -> dict[str, object]:
        if self._example is not None:
            return dict(self._example)
        made = self._variants.get(variant)
        if made is None:
            sample = self._sampler.sample(f"{self._seed}:{variant}")
            made = self._variants[variant] = dict(sample) if isinstance(sample, Mapping) else {}
        return made

    def _documented(self, schema: CompiledSchema) -> frozenset[str]:
        declared = member(schema.json, self.id_field, References(schema.json))
        found: list[object] = []
        if isinstance(declared, Mapping):
            examples = declared.get("examples")
            found += examples if isinstance(examples, list) else []
            found += [declared["example"]] if "example" in declared else []
        if self._example is not None:
            found.append(self._example.get(self.id_field))
        return frozenset(str(one) for one in found if one is not None)


def _thing_schema(operation: OperationPlan, role: Role) -> CompiledSchema:
    """Return the schema of the thing inside an operation's answer, with the definitions it refers to."""
    whole = operation.result.schema
    root = whole.json if whole is not None else True
    references = References(root)
    part: object = root
    for name in role.envelope.split(".") if role.envelope else ():
        part = member(part, name, references)
    if role.kind == "list":
        part = items(part, references)
    if part is root or not isinstance(part, Mapping) or not isinstance(root, Mapping):
        return CompiledSchema(part if isinstance(part, Mapping | bool) else True)
    definitions = {name: root[name] for name in ("$defs", "definitions", "components") if name in root}
    return CompiledSchema({**part, **definitions})


def _thing_example(operation: OperationPlan, role: Role) -> Mapping[str, object] | None:
    example = operation.result.example
    if example is None:
        return None
    part = parse_path(role.envelope).read(example) if role.envelope else example
    if role.kind == "list":
        part = part[0] if isinstance(part, list) and part else None
    found = copied(part)
    return found if isinstance(found, dict) else None
