"""The parts of a spec as a tree: sections, endpoints, the blocks in them, schemas."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from intertie.diagnostics import SourceSpan
from intertie.lsp.page import Page
from intertie.spec.tree import MappingNode, Section


class Part(StrEnum):
    """What a symbol is."""

    SECTION = "section"
    ENDPOINT = "endpoint"
    BLOCK = "block"
    SCHEMA = "schema"


class Symbol(Struct, frozen=True):
    """One part.

    Attributes:
        span: All of it.
        name_span: Its name, which lies in `span`.
    """

    name: str
    detail: str
    part: Part
    span: SourceSpan
    name_span: SourceSpan
    inner: tuple[Symbol, ...] = ()


def symbols(page: Page) -> list[Symbol]:
    """Return the parts of a spec in their order; none of another file."""
    if not page.is_spec:
        return []
    details = {
        endpoint.name.span: f"{endpoint.endpoint.method.value} {endpoint.endpoint.path.value}"
        for endpoint in page.spec.endpoints
        if endpoint.name and endpoint.endpoint and endpoint.endpoint.method and endpoint.endpoint.path
    }
    return [_section(section, details) for section in page.spec.document.sections if section.heading.text]


def _section(section: Section, details: dict[SourceSpan, str]) -> Symbol:
    inner: list[Symbol] = []
    for block in section.blocks:
        for entry in block.root.entries:
            span = _around(entry.key.span, entry.value.span)
            nested = _schemas(entry.value) if entry.key.text == "components" else ()
            inner.append(Symbol(entry.key.text or "?", "", Part.BLOCK, span, entry.key.span, nested))
    inner += [_section(part, details) for part in section.subsections if part.heading.text]
    detail = details.get(section.heading.span, "")
    part = Part.ENDPOINT if section.heading.span in details else Part.SECTION
    span = _around(section.span, section.heading.span)
    return Symbol(section.heading.text, detail, part, span, section.heading.span, tuple(inner))


def _schemas(components: object) -> tuple[Symbol, ...]:
    schemas = components.get("schemas") if isinstance(components, MappingNode) else None
    if not isinstance(schemas, MappingNode):
        return ()
    return tuple(
        Symbol(
            entry.key.text or "?", "", Part.SCHEMA, _around(entry.key.span, entry.value.span), entry.key.span
        )
        for entry in schemas.entries
    )  # fmt: skip


def _around(one: SourceSpan, other: SourceSpan) -> SourceSpan:
    """Return the smallest span that holds both: an alias is a value that stands elsewhere."""
    start = min((one.line, one.column), (other.line, other.column))
    end = max((one.end_line, one.end_column), (other.end_line, other.end_column))
    return SourceSpan(one.path, *start, *end)
