"""Where a part of a schema stands in the author's file."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from intertie.core.json_pointer import COMPONENTS, DEFINITIONS
from intertie.diagnostics import SourceSpan
from intertie.spec.schema_documents import spec_root
from intertie.spec.tree import Document, Entry, MappingNode, Node, ScalarNode, SequenceNode

_LOCAL = (COMPONENTS, "#/definitions/", DEFINITIONS)


class SchemaPlaces:
    """Finds parts of the schemas of one document; those in other files end at the reference that leads there."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def find(self, schema: SourceSpan, steps: tuple[str | int, ...]) -> SourceSpan:
        """Return the place that steps lead to from the schema at a place, as far as the file says it."""
        node = self._nodes.get(schema)
        if node is None:
            return schema
        place, at = schema, 0
        while at < len(steps):
            step = steps[at]
            holder = next((each for each in self._views(node) if _child(each, step) is not None), None)
            child = _child(holder, step) if holder is not None else None
            if child is None:
                # What the last step names is missing here: its schema is the place, named by its key where it has one.
                return place
            node, place, at = child[0], child[1], at + 1
        return place

    @cached_property
    def _nodes(self) -> dict[SourceSpan, Node]:
        """Every node of the YAML blocks by its place."""
        found: dict[SourceSpan, Node] = {}
        waiting: list[Node] = [*spec_root(self._document)]
        while waiting:
            node = waiting.pop()
            found[node.span] = node
            if isinstance(node, MappingNode):
                waiting.extend(entry.value for entry in node.entries)
            elif isinstance(node, SequenceNode):
                waiting.extend(node.items)
        return found

    @cached_property
    def _named(self) -> dict[str, Node]:
        """The schemas that the document defines, by the references that lead to them."""
        found: dict[str, Node] = {}
        for root in spec_root(self._document):
            components = root.get("components")
            holders: list[tuple[str, Node | None]] = [
                (COMPONENTS, components.get("schemas") if isinstance(components, MappingNode) else None),
                ("#/definitions/", root.get("definitions")),
                (DEFINITIONS, root.get("$defs")),
            ]
            for start, holder in holders:
                for entry in holder.entries if isinstance(holder, MappingNode) else ():
                    found.setdefault(start + entry.key.text, entry.value)
        return found

    def _views(self, node: Node) -> Iterator[Node]:
        """Yield a node, then what its `$ref` and its `allOf` lead to, each once."""
        seen: set[int] = set()
        waiting = [node]
        while waiting:
            current = waiting.pop(0)
            if id(current) in seen:
                continue
            seen.add(id(current))
            if isinstance(current, ScalarNode):
                named = self._definition(current.text)
                waiting.extend(named)
                continue
            yield current
            if isinstance(current, MappingNode):
                reference, parts = current.get("$ref"), current.get("allOf")
                if isinstance(reference, ScalarNode):
                    waiting.extend(self._definition(reference.text))
                if isinstance(parts, SequenceNode):
                    waiting.extend(parts.items)

    def _definition(self, reference: str) -> Iterator[Node]:
        texts = [reference, *(start + reference for start in _LOCAL if "/" not in reference)]
        yield from (self._named[text] for text in texts if text in self._named)


def _child(node: Node | None, step: str | int) -> tuple[Node, SourceSpan] | None:
    """Return what one step leads to with the place to show: a key with its value where they share a line."""
    if isinstance(node, MappingNode):
        entry = node.entry(str(step))
        return None if entry is None else (entry.value, _place(entry))
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.items):
        return node.items[step], node.items[step].span
    return None


def _place(entry: Entry) -> SourceSpan:
    key, value = entry.key.span, entry.value.span
    return key.to(value) if value.end_line == key.line else key
