"""What an author wrote, whether or not it could be read: so that "missing" is only said of what is not there at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from intertie.diagnostics import SourceSpan
from intertie.spec.fields import Block
from intertie.spec.model import Endpoint, Spec
from intertie.spec.schema_documents import named_schemas, spec_root
from intertie.spec.tree import Entry, MappingNode, Node, Section, SequenceNode


def is_written(spec: Spec, *keys: str) -> bool:
    """Return whether the path of keys stands in any YAML block outside the endpoints, filled or not."""
    return any(_holds(root, keys) for root in _roots(spec))


def is_written_in(spec: Spec, endpoint: Endpoint, *keys: str) -> bool:
    """Return whether the path of keys stands in a YAML block of one endpoint."""
    section = endpoint_section(spec, endpoint)
    return section is not None and any(_holds(block.root, keys) for block in section.blocks)


def in_front_matter(spec: Spec, key: str) -> bool:
    """Return whether the front matter has `key`, filled or not."""
    front = spec.document.front_matter
    return front is not None and front.get(key) is not None


def endpoint_section(spec: Spec, endpoint: Endpoint) -> Section | None:
    """Return the section an endpoint was read from."""
    found = _sections_by_place(Same(spec))
    return found.get(endpoint.span) or (found.get(endpoint.name.span) if endpoint.name else None)


def sections(spec: Spec) -> Iterator[Section]:
    """Yield every section of the document, outer before inner."""
    for section in spec.document.sections:
        yield from section.walk()


def component_entries(spec: Spec) -> Iterator[Entry]:
    """Yield the schemas that the spec defines by name, in its order."""
    return (entry for root in spec_root(spec.document) for entry in named_schemas(root))


def _roots(spec: Spec) -> Iterator[MappingNode]:
    endpoints = {id(endpoint_section(spec, endpoint)) for endpoint in spec.endpoints}
    for section in sections(spec):
        if id(section) not in endpoints:
            for block in section.blocks:
                yield block.root


def _holds(root: MappingNode, keys: tuple[str, ...]) -> bool:
    node: Node | None = root
    for key in keys:
        if not isinstance(node, MappingNode):
            # A block that is still a placeholder, or of another kind, is told of elsewhere: nothing is missing in it.
            return True
        node = node.get(key)
        if node is None:
            return False
    return True


def has_key_at(spec: Spec, item: Block, key: str) -> bool:
    """Return whether the mapping that `item` was read from has `key`, filled or not."""
    node = _mappings(Same(spec)).get(item.span)
    return node is not None and node.get(key) is not None


def mappings(spec: Spec) -> Iterable[MappingNode]:
    """Return every mapping of the spec's blocks, those inside others too."""
    return _mappings(Same(spec)).values()


class Same:
    """A spec as the key of a cache: by what it is, not by all that stands in it."""

    __slots__ = ("spec",)

    def __init__(self, spec: Spec) -> None:
        self.spec = spec

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.spec is self.spec

    def __hash__(self) -> int:
        return id(self.spec)


@lru_cache(maxsize=2)
def _sections_by_place(of: Same) -> dict[SourceSpan, Section]:
    """Return every section by its place and by that of its heading, the outermost where two begin alike."""
    found: dict[SourceSpan, Section] = {}
    for section in sections(of.spec):
        found.setdefault(section.span, section)
        found.setdefault(section.heading.span, section)
    return found


@lru_cache(maxsize=2)
def _mappings(of: Same) -> dict[SourceSpan, MappingNode]:
    """Return every mapping of a spec's blocks by its place."""
    found: dict[SourceSpan, MappingNode] = {}
    waiting: list[Node] = [*spec_root(of.spec.document)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, MappingNode):
            found.setdefault(node.span, node)
            waiting.extend(entry.value for entry in node.entries)
        elif isinstance(node, SequenceNode):
            waiting.extend(node.items)
    return found
