"""A case file as a tree with names: its id, its steps, and the cases it cites, each at its place."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from intertie.diagnostics import SourceSpan
from intertie.spec.cases.fields import MACHINE_KEYS
from intertie.spec.cases.names import ID_RE, CaseKind
from intertie.spec.source import Source
from intertie.spec.tree import Entry, MappingNode, Node, ScalarNode, SequenceNode

STEP_LISTS = ("steps", "setup_steps", "teardown", "teardown_steps", "teardown_procedures")
"""Keys that hold steps, in the order in which they run."""


class CaseStep(Struct, frozen=True):
    """One step that is a mapping; a step in words is a person's.

    Attributes:
        under: The key of the list that it stands in.
        node: The whole of it.
        operation: What it calls or submits, None where it does neither.
        spec: The spec it names for that, None where it names none.
    """

    under: str
    node: MappingNode
    operation: ScalarNode | None
    spec: ScalarNode | None

    @property
    def machine_keys(self) -> tuple[Entry, ...]:
        """Its keys that make a machine do something."""
        return tuple(entry for entry in self.node.entries if entry.key.text in MACHINE_KEYS)


class CaseReference(Struct, frozen=True):
    """A case that another cites.

    Attributes:
        node: Its id or path.
        wanted: The kind that belongs there.
        under: The key that it stands under.
    """

    node: ScalarNode
    wanted: CaseKind
    under: str


class Case(Struct, frozen=True):
    """One case file whose YAML is a mapping.

    Attributes:
        path: As shown.
        source: Its text with places.
        root: The whole of it.
        kind: By its id, else by `type`, else by its file.
    """

    path: str
    source: Source
    root: MappingNode
    kind: CaseKind

    def scalar(self, key: str) -> ScalarNode | None:
        """Return the value of a top-level key that is a single one, None elsewhere."""
        return scalar_of(self.root, key)

    @property
    def id(self) -> str:
        """Its id, empty where it has none."""
        node = self.scalar("id")
        return node.text if node is not None else ""

    @property
    def head(self) -> SourceSpan:
        """Where what it lacks is reported: its id, else its first key."""
        entry = self.root.entry("id")
        if entry is not None:
            return entry.key.span.to(entry.value.span)
        return self.root.entries[0].key.span if self.root.entries else self.root.span

    @property
    def owner(self) -> ScalarNode | None:
        """The spec that it names: `spec`, else the first integration of `related`; None where it names none."""
        given = self.scalar("spec")
        if given is not None:
            return given if given.text else None
        return next(
            (each for each in scalars(self.root.get("related")) if each.text.startswith("INT-")), None
        )  # fmt: skip

    def steps(self) -> Iterator[CaseStep]:
        """Yield the steps that are mappings, in the order in which they run."""
        for under in STEP_LISTS:
            node = self.root.get(under)
            for item in node.items if isinstance(node, SequenceNode) else ():
                if isinstance(item, MappingNode):
                    operation = scalar_of(item, "call") or scalar_of(item, "submit")
                    yield CaseStep(under, item, operation, scalar_of(item, "spec"))

    def phases(self) -> Iterator[MappingNode]:
        """Yield the phases of a scenario."""
        node = self.root.get("phases")
        for item in node.items if isinstance(node, SequenceNode) else ():
            if isinstance(item, MappingNode):
                yield item

    def references(self) -> Iterator[CaseReference]:
        """Yield the cases that it cites to run them: preconditions, test cases, scenarios."""
        for holder in (self.root, *self.phases()):
            yield from references_in(holder)

    def declared(self) -> Iterator[ScalarNode]:
        """Yield the names of its `inputs`."""
        yield from names_of(self.root.get("inputs"))

    def provided(self) -> Iterator[ScalarNode]:
        """Yield the names that a precondition provides."""
        yield from names_of(self.root.get("context_provided"))


_CITING = {
    "preconditions": CaseKind.PRECONDITION,
    "test_cases": CaseKind.TEST,
    "nested_scenarios": CaseKind.SCENARIO,
}


def references_in(holder: MappingNode) -> Iterator[CaseReference]:
    """Yield the cases that a case, or one of its phases, cites itself."""
    for key, wanted in _CITING.items():
        for node in _cited(holder.get(key)):
            yield CaseReference(node, wanted, key)


def scalar_of(node: MappingNode, key: str) -> ScalarNode | None:
    """Return a value that is a single one, None elsewhere."""
    found = node.get(key)
    return found if isinstance(found, ScalarNode) else None


def scalars(node: Node | None) -> Iterator[ScalarNode]:
    """Yield every scalar below a node, keys left out, in the order of the text."""
    pending: list[Node] = [node] if node is not None else []
    while pending:
        current = pending.pop()
        if isinstance(current, ScalarNode):
            yield current
        elif isinstance(current, SequenceNode):
            pending.extend(reversed(current.items))
        else:
            pending.extend(entry.value for entry in reversed(current.entries))


def names_of(node: Node | None) -> Iterator[ScalarNode]:
    """Yield the names of a list of names or of `{name, …}`, or of a mapping."""
    if isinstance(node, MappingNode):
        yield from (entry.key for entry in node.entries)
        return
    for item in node.items if isinstance(node, SequenceNode) else ():
        name = (
            item if isinstance(item, ScalarNode) else scalar_of(item, "name") if isinstance(item, MappingNode) else None
        )
        if name is not None and name.text:
            yield name


def names_a_case(text: str) -> bool:
    """Return whether a text is the id or the path of a case."""
    return bool(ID_RE.search(text)) and " " not in text.strip()


def _cited(node: Node | None) -> Iterator[ScalarNode]:
    """Yield the ids and paths of a list of cases in any of its shapes."""
    items = node.items if isinstance(node, SequenceNode) else (node,) if isinstance(node, ScalarNode) else ()
    for item in items:
        if isinstance(item, ScalarNode):
            if item.value is not None:
                yield item
        elif isinstance(item, MappingNode):
            named = next((found for key in ("path", "file", "id") if (found := scalar_of(item, key)) is not None), None)
            if named is not None:
                yield named
