"""Which block of the model each mapping of a document is."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from intertie.core.errors import snake_case
from intertie.spec.fields import Block, Kind
from intertie.spec.model import Endpoint, ErrorRow, FrontMatter, InboundRow, OutboundRow
from intertie.spec.reading.endpoints import endpoint_sections
from intertie.spec.reading.keys import find_key
from intertie.spec.reading.routing import BLOCK_TYPES, WRAPPERS, canonical_key
from intertie.spec.tree import Document, Entry, MappingNode, Node, ScalarNode, SequenceNode

_ROWS: dict[str, type[Block]] = {"inbound": InboundRow, "outbound": OutboundRow, "error_mapping": ErrorRow}


class KnownMapping(Struct, frozen=True):
    """A mapping that is a block of the model."""

    node: MappingNode
    block: type[Block]


def known_mappings(document: Document) -> Iterator[KnownMapping]:
    """Yield the blocks of the model in a document, outer ones before those inside them."""
    if document.front_matter is not None:
        yield from _block(document.front_matter, FrontMatter)
    own = {id(block.root) for section in document.sections for part in section.walk() for block in part.blocks}
    endpoints = {
        id(block.root): block.root
        for section in endpoint_sections(document)
        for part in section.walk()
        for block in part.blocks
    }
    for key, root in endpoints.items():
        # Endpoints that stand in a list are put together by their reader: what was not written is not formatted.
        if key in own:
            yield from _block(root, Endpoint)
    for section in document.sections:
        for part in section.walk():
            for block in part.blocks:
                if id(block.root) not in endpoints:
                    for entry in block.root.entries:
                        yield from _entry(entry)


def scalars(document: Document) -> Iterator[ScalarNode]:
    """Yield every value of the document's YAML; keys are none."""
    waiting: list[Node] = [] if document.front_matter is None else [document.front_matter]
    waiting += [block.root for section in document.sections for part in section.walk() for block in part.blocks]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ScalarNode):
            yield node
        elif isinstance(node, SequenceNode):
            waiting += node.items
        else:
            waiting += [entry.value for entry in node.entries]


def _entry(entry: Entry) -> Iterator[KnownMapping]:
    key = canonical_key(entry.key.text)
    if key in BLOCK_TYPES:
        yield from _value(entry.value, BLOCK_TYPES[key])
    elif key in _ROWS:
        yield from _items(entry.value, _ROWS[key])
    elif key is None and snake_case(entry.key.text) in WRAPPERS and isinstance(entry.value, MappingNode):
        for inner in entry.value.entries:
            yield from _entry(inner)


def _block(node: MappingNode, block: type[Block]) -> Iterator[KnownMapping]:
    yield KnownMapping(node, block)
    for entry in node.entries:
        known = find_key(block, entry.key.text)
        if known is None:
            continue
        info, value = known.info, entry.value
        match info.kind:
            case Kind.BLOCK if info.block is not None:
                yield from _value(value, info.block)
            case Kind.BLOCKS if info.block is not None:
                yield from _items(value, info.block)
            case Kind.NAMED if info.block is not None and isinstance(value, MappingNode):
                for each in value.entries:
                    yield from _value(each.value, info.block)
            case _:
                pass  # a single value, or one that the model does not look into


def _value(node: Node, block: type[Block]) -> Iterator[KnownMapping]:
    if isinstance(node, MappingNode):
        yield from _block(node, block)


def _items(node: Node, block: type[Block]) -> Iterator[KnownMapping]:
    for item in node.items if isinstance(node, SequenceNode) else (node,):
        yield from _value(item, block)
