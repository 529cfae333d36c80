"""One document into one `Spec`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from intertie.diagnostics import Label, SourceSpan
from intertie.spec import codes
from intertie.spec.fields import Block, FieldInfo, Kind, Located
from intertie.spec.model import (
    CaseLine,
    CircuitBreaker,
    Costs,
    Dependencies,
    DocumentationLinks,
    ErrorRow,
    FrontMatter,
    ImplementationLine,
    InboundRow,
    IntegrationType,
    OutboundRow,
    RateLimits,
    Retry,
    Security,
    Service,
    Sla,
    Spec,
)
from intertie.spec.reading.blocks import BlockReader
from intertie.spec.reading.cases import CaseReader
from intertie.spec.reading.endpoint_lists import is_listed
from intertie.spec.reading.endpoints import endpoint_sections, read_endpoints
from intertie.spec.reading.environments import settle_environments
from intertie.spec.reading.keys import KnownKey, find_key
from intertie.spec.reading.limits import settle_rate, settle_retry, settle_threshold, waits_in_a_list
from intertie.spec.reading.lines import bullet_entries
from intertie.spec.reading.prices import settle_prices
from intertie.spec.reading.prose import (
    implementation,
    overview,
    placeholders_in_prose,
    read_bullets,
    uncertainties,
    unknown_bullet,
)
from intertie.spec.reading.routing import BLOCK_TYPES, PATH_KEYS, Routed, Router, canonical_key, section_blocks
from intertie.spec.reading.rows import error_tables, mapping_tables, one_code
from intertie.spec.reading.status_words import settle_error_rows
from intertie.spec.reading.unread import tell_unread, tell_unread_endpoints
from intertie.spec.sections import heading_words
from intertie.spec.tree import Document, Entry, MappingNode, Node, ScalarNode, Section, SequenceNode

BlockT = TypeVar("BlockT", bound=Block)

_BULLET_SECTIONS: dict[str, tuple[str, type[Block]]] = {
    "security considerations": ("security", Security), "dependencies": ("dependencies", Dependencies),
    "sla requirements": ("sla", Sla), "documentation": ("documentation", DocumentationLinks),
}  # fmt: skip


def route(document: Document, router: Router) -> list[Section]:
    """Merge the document's blocks by key; return the sections that are endpoints."""
    endpoints = list(endpoint_sections(document))
    inside = {id(part) for section in endpoints for part in section.walk()}
    for section in document.sections:
        for part in section.walk():
            roots = [block.root for block in part.blocks]
            if id(part) not in inside:
                router.take(_named_like(part, section), _without_endpoints(part, section, roots))
                continue
            for root in roots:
                for entry in root.entries:
                    if entry.key.text in ("components", "definitions", "$defs"):
                        router.add(entry.key.text, entry)
    return endpoints


def _without_endpoints(part: Section, section: Section, roots: list[MappingNode]) -> list[MappingNode]:
    """Return the blocks without what is read as endpoints: those that stand right under API Endpoints."""
    if part is not section or section.name != "api endpoints":
        return roots
    kept = []
    for root in roots:
        keys = {entry.key.text for entry in root.entries}
        if "endpoint" in keys or {"path", "method"} <= keys:
            continue
        rest = tuple(entry for entry in root.entries if not is_listed(entry))
        kept.append(MappingNode(root.span, rest, root.flow))
    return kept


def _named_like(part: Section, section: Section) -> Section:
    """Return a subsection under the name of its section: its blocks belong there."""
    if part is section:
        return section
    return Section(part.heading, part.level, section.name, (), (), (), (), (), part.span)


def _is_about_answers(section: Section) -> bool:
    """Return whether a section headed `Validation` holds the `validation` block alone: it lists no cases."""
    keys = {entry.key.text for part in section.walk() for block in part.blocks for entry in block.root.entries}
    return keys == {"validation"} and not any(part.bullets or part.tables for part in section.walk())


class _SpecReader:
    def __init__(self, document: Document, routed: Routed, endpoints: list[Section], reader: BlockReader) -> None:
        self._document = document
        self._routed = routed
        self._endpoints = endpoints
        self._reader = reader
        self._findings = reader.findings
        self._by_name: dict[str, list[Section]] = {}

    def read(self, content_hash: str) -> Spec:
        document, reader = self._document, self._reader
        first_line = reader.source.line_span(1)
        front_matter = self._front_matter(first_line)
        self._sort_sections()
        self._bullets_as_blocks()
        values: dict[str, Any] = {}
        for key, block_type in BLOCK_TYPES.items():
            entry = self._routed.entries.get(key)
            if entry is not None:
                values[key] = self._block(block_type, entry, key)
        values["integration_type"] = self._integration_type()
        values["endpoints"] = read_endpoints(self._endpoints, reader)
        values["inbound"] = self._rows(InboundRow, "inbound", "external_field")
        values["outbound"] = self._rows(OutboundRow, "outbound", "internal_field")
        values["error_mapping"] = self._error_rows()
        for key, doc in PATH_KEYS.items():
            entry = self._routed.entries.get(key)
            if entry is not None:
                values[key] = reader.field(entry, KnownKey(key, key, FieldInfo(Kind.TEXT, doc)), key)
        values["overview"] = self._first("service overview", overview)
        values["uncertainties"] = self._all("uncertainties", uncertainties)
        values["implementation"] = cast(
            "tuple[ImplementationLine, ...]", self._all("implementation references", implementation)
        )
        values["cases"] = self._cases()
        read = {*self._routed.entries, *(key for key in ("inbound", "outbound", "error_mapping") if values[key])}
        for sections in self._by_name.values():
            for section in sections:
                placeholders_in_prose(section, reader)
                tell_unread(section, read, self._findings)
        inside = {id(section) for section in self._endpoints}
        for section in self._by_name.get("api endpoints", []):
            tell_unread_endpoints(section, inside, self._findings)
        return Spec(
            path=document.path, content_hash=content_hash, document=document, span=first_line,
            front_matter=front_matter, title=self._title(front_matter), **values,
        )  # fmt: skip

    # Front matter and title

    def _front_matter(self, first_line: SourceSpan) -> FrontMatter | None:
        node = self._document.front_matter
        if node is None:
            return None
        found = self._reader.block(FrontMatter, node, first_line, "front matter")
        return found or FrontMatter(node.span, first_line)

    def _title(self, front_matter: FrontMatter | None) -> Located[str] | None:
        title = self._document.title
        if title is None:
            return None
        if title.text.strip() == "{name}":
            # The template's title stands for the name: as long as that is unfilled too, it is the one to fill in.
            if front_matter is not None and front_matter.name is not None:
                self._findings.add(
                    codes.UNFILLED, title.span, "the title is not filled in: `{name}` is the template's placeholder",
                    help=f"write `# {front_matter.name.value}`",
                )  # fmt: skip
            return None
        if self._reader.placeholders.in_text(title, "title"):
            return None
        return Located(title.text, title.span, title.span, title.text)

    # Sections

    def _sort_sections(self) -> None:
        inside = {id(section) for section in self._endpoints}
        for section in self._document.sections:
            if section.name is None:
                if section.heading.text and id(section) not in inside and not self._holds_known(section):
                    self._findings.add(
                        codes.UNKNOWN_SECTION, section.heading.span,
                        f"`{section.heading.text}` is not a section of the template; it has no effect",
                    )  # fmt: skip
                continue
            known = self._by_name.setdefault(section.name, [])
            if section.name == "validation cases" and _is_about_answers(section):
                continue
            if known:
                self._findings.add(
                    codes.REPEATED_SECTION, section.heading.span,
                    f"there are two sections of {section.name}; both are read", help="put them together",
                    related=[Label(known[0].heading.span, "first one here")],
                )  # fmt: skip
            known.append(section)

    def _holds_known(self, section: Section) -> bool:
        """Return whether a section with a heading of its own holds blocks that are read."""
        inside = {id(each) for each in self._endpoints}
        return any(
            id(part) in inside
            or any(canonical_key(entry.key.text) for block in part.blocks for entry in block.root.entries)
            for part in section.walk()
        )

    def _bullets_as_blocks(self) -> None:
        """Read bullets and tables where no YAML says the same, and the bullets of the template's prose sections."""
        for name, (key, block_type) in _BULLET_SECTIONS.items():
            for section in self._by_name.get(name, []):
                entries = read_bullets(block_type, section, self._reader, name)
                self._add(key, entries, section)
        for sections in self._by_name.values():
            for section in sections:
                if section.name in _BULLET_SECTIONS:
                    continue
                for part in section.walk():
                    self._plain_lines(part, section)

    def _plain_lines(self, part: Section, section: Section) -> None:
        keys = [key for key in section_blocks(section) if key not in self._routed.entries]
        written = bullet_entries(part, self._reader.source) if keys else []
        taken: set[int] = set()
        for key in keys:
            entries = []
            for entry in written:
                known = find_key(BLOCK_TYPES[key], entry.key.text)
                if known is not None:
                    entries.append(Entry(ScalarNode(entry.key.span, known.key, known.key), entry.value))
                    taken.add(id(entry))
            self._add(key, entries, part)
        if taken:
            for entry in written:
                if id(entry) not in taken:
                    unknown_bullet(entry, BLOCK_TYPES[keys[0]], self._reader, keys[0])

    def _add(self, key: str, entries: list[Entry], section: Section) -> None:
        if not entries:
            return
        known = self._routed.entries.get(key)
        if known is None or not isinstance(known.value, MappingNode):
            head = ScalarNode(section.heading.span, key, key)
            self._routed.entries[key] = Entry(head, MappingNode(section.span, tuple(entries)))
            return
        written = {entry.key.text for entry in known.value.entries}
        more = tuple(entry for entry in entries if entry.key.text not in written)
        node = MappingNode(known.value.span, (*known.value.entries, *more))
        self._routed.entries[key] = Entry(known.key, node)

    # Blocks

    def _block(self, block_type: type[BlockT], entry: Entry, key: str) -> BlockT | None:
        node: Node = entry.value
        also: dict[str, object] = {}
        if block_type is RateLimits and isinstance(node, ScalarNode) and node.value is not None:
            # `rate_limits: 100 requests per minute`
            name = ScalarNode(entry.key.span, "rate_limit", "rate_limit")
            node = MappingNode(node.span, (Entry(name, node),))
        if block_type is Retry and isinstance(node, MappingNode):
            node, also = waits_in_a_list(node, self._findings)
        block: Block | None = self._reader.block(block_type, node, entry.key.span, key, also=also)
        if isinstance(block, RateLimits):
            block = settle_rate(block, self._findings)
        elif isinstance(block, Service):
            block = settle_environments(block, self._findings)
        elif isinstance(block, Retry):
            block = settle_retry(block, self._findings)
        elif isinstance(block, Costs):
            block = settle_prices(block, node)
        elif isinstance(block, CircuitBreaker):
            place = block.failure_threshold.key_span if block.failure_threshold else block.head
            block = settle_threshold(block, self._reader.source.slice(place))
        return cast("BlockT | None", block)

    def _integration_type(self) -> IntegrationType | None:
        for section in self._by_name.get("integration type", []):
            entries = read_bullets(IntegrationType, section, self._reader, "the integration type")
            if entries:
                node = MappingNode(section.span, tuple(entries))
                return self._reader.block(IntegrationType, node, section.heading.span, "integration type")
        return None

    def _rows(self, block_type: type[BlockT], key: str, first: str) -> tuple[BlockT, ...]:
        entry = self._routed.entries.get(key)
        if entry is None:
            entry = self._table_rows(key)
        if entry is None:
            return ()
        known = KnownKey(key, key, FieldInfo(Kind.BLOCKS, f"Rows with `{first}`.", block=block_type))
        return cast("tuple[BlockT, ...]", self._reader.field(entry, known, key) or ())

    def _table_rows(self, key: str) -> Entry | None:
        """Return the mapping tables under Data Mappings; a heading says which way, else they are inbound."""
        other = "outbound" if key == "inbound" else "inbound"
        rows: list[MappingNode] = []
        head = None
        for section in self._by_name.get("data mappings", []):
            for part in section.walk():
                words = heading_words(part.heading.text)
                if key in words or (key == "inbound" and other not in words):
                    found = mapping_tables(part, self._reader.source, inbound=key == "inbound")
                    rows += found
                    head = head or (part.heading.span if found else None)
        if head is None:
            return None
        return Entry(ScalarNode(head, key, key), SequenceNode(rows[0].span.to(rows[-1].span), tuple(rows)))

    def _error_rows(self) -> tuple[ErrorRow, ...]:
        entry = self._routed.entries.get("error_mapping")
        if entry is not None:
            entry = Entry(entry.key, one_code(entry.value, self._findings))
        else:
            sections = self._by_name.get("error handling", [])
            rows = [
                row
                for section in sections
                for part in section.walk()
                for row in error_tables(part, self._reader.source)
            ]
            if not rows:
                return ()
            head = sections[0].heading.span
            node = SequenceNode(rows[0].span.to(rows[-1].span), tuple(rows))
            entry = Entry(ScalarNode(head, "error_mapping", "error_mapping"), one_code(node, self._findings))
        known = KnownKey("error_mapping", "error_mapping", FieldInfo(Kind.BLOCKS, "Error rows.", block=ErrorRow))
        read = cast("tuple[ErrorRow, ...]", self._reader.field(entry, known, "error_mapping") or ())
        return settle_error_rows(read, self._findings)

    def _cases(self) -> tuple[CaseLine, ...]:
        cases = CaseReader(self._reader)
        found = [case for section in self._by_name.get("validation cases", []) for case in cases.of_section(section)]
        entry = self._routed.entries.get("validation_cases")
        if entry is not None:
            found += cases.of_block(entry)
        return tuple(found)

    def _first(self, name: str, read: Callable[[Section, BlockReader], Any]) -> Any:
        sections = self._by_name.get(name, [])
        return read(sections[0], self._reader) if sections else None

    def _all(self, name: str, read: Callable[[Section, BlockReader], Any]) -> tuple[Any, ...]:
        return tuple(found for section in self._by_name.get(name, []) for found in read(section, self._reader))


def read_spec(
    document: Document, routed: Routed, endpoints: list[Section], reader: BlockReader, content_hash: str
) -> Spec:
    """Return the model of a document whose blocks are merged already."""
    return _SpecReader(document, routed, endpoints, reader).read(content_hash)
