"""The JSON Schemas that stand in a spec, as syntax with places."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from intertie.lint.written import Same, sections
from intertie.spec.model import Spec
from intertie.spec.tree import MappingNode, Node, SequenceNode

_SCHEMAS_BELOW = frozenset({"schemas", "definitions", "$defs"})
_NOT_SCHEMAS = frozenset({"example", "examples", "default", "const", "enum"})


def schema_nodes(spec: Spec) -> Iterator[MappingNode]:
    """Yield every mapping that is a schema: below `schema` and `components.schemas`, those inside it included."""
    yield from _nodes(Same(spec))


@lru_cache(maxsize=2)
def _nodes(of: Same) -> tuple[MappingNode, ...]:
    found: dict[int, MappingNode] = {}
    for section in sections(of.spec):
        for block in section.blocks:
            for node in _walk(block.root, inside=False):
                found.setdefault(id(node), node)
    return tuple(found.values())


def _walk(node: Node, *, inside: bool) -> Iterator[MappingNode]:
    if isinstance(node, SequenceNode):
        for item in node.items:
            yield from _walk(item, inside=inside)
        return
    if not isinstance(node, MappingNode):
        return
    if inside:
        yield node
    for entry in node.entries:
        if entry.key.text in _NOT_SCHEMAS:
            continue
        if inside and entry.key.text == "properties" and isinstance(entry.value, MappingNode):
            # The names of members are no keywords.
            for member in entry.value.entries:
                yield from _walk(member.value, inside=True)
        elif entry.key.text in _SCHEMAS_BELOW and isinstance(entry.value, MappingNode):
            for member in entry.value.entries:
                yield from _walk(member.value, inside=True)
        else:
            yield from _walk(entry.value, inside=inside or entry.key.text == "schema")
