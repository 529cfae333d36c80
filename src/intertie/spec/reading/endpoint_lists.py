"""Endpoints that have no heading of their own: blocks right under API Endpoints, `endpoints:` lists, and tables."""

from __future__ import annotations

from collections.abc import Iterator

from intertie.core.errors import snake_case
from intertie.diagnostics import SourceSpan
from intertie.spec.tree import Entry, MappingNode, Node, ScalarNode, Section, SequenceNode, TextLine, YamlBlock


def listed_endpoints(section: Section) -> Iterator[Section]:
    """Yield one section for each endpoint that the section's own blocks describe.

    Its heading is the endpoint's `name`, else `METHOD /path`, at the place that says so.
    """
    for block in section.blocks:
        head = block.root.get("endpoint")
        if isinstance(head, MappingNode):
            yield _as_section(block.root, head, None)
        elif {"path", "method"} <= {entry.key.text for entry in block.root.entries}:
            yield _as_section(block.root, block.root, None)
        for entry in block.root.entries:
            if snake_case(entry.key.text) == "endpoints":
                yield from _items(entry.value)


def tabled_endpoints(section: Section) -> Iterator[Section]:
    """Yield one section for each row of the section's tables with a method and a path.

    Its heading is the row's name, else `METHOD /path`. For where no heading below says more: such a table is often a
    summary of those.
    """
    for table in section.tables:
        columns = {_COLUMNS.get(snake_case(cell.text)): index for index, cell in reversed([*enumerate(table.header)])}
        if not {"method", "path"} <= columns.keys():
            continue
        for row in table.rows:
            entries = [
                Entry(ScalarNode(table.header[columns[name]].span, name, name), _cell(row[columns[name]]))
                for name in ("path", "method", "description")
                if name in columns and row[columns[name]].text.strip()
            ]
            span = row[0].span.to(row[-1].span)
            head = MappingNode(span, tuple(entries))
            root = MappingNode(span, (Entry(ScalarNode(span, "endpoint", "endpoint"), head),))
            named = _cell(row[columns["name"]]) if "name" in columns else None
            heading = TextLine(named.text, named.span) if named is not None and named.text else _request_line(head)
            yield Section(heading, 3, None, (YamlBlock(root, span),), (), (), (), (), span)


def is_listed(entry: Entry) -> bool:
    """Return whether `listed_endpoints` reads this top-level entry of an API Endpoints block."""
    return snake_case(entry.key.text) == "endpoints" and not isinstance(entry.value, ScalarNode)


_COLUMNS = {
    **dict.fromkeys(("method", "http_method", "verb"), "method"),
    **dict.fromkeys(("path", "url", "uri", "route", "endpoint", "resource"), "path"),
    **dict.fromkeys(("name", "operation", "action"), "name"),
    **dict.fromkeys(("description", "purpose", "what_it_does", "summary"), "description"),
}


def _cell(line: TextLine) -> ScalarNode:
    """Return a cell without the marks of code and bold around it."""
    text = line.text.strip("`* ")
    start = line.span.column + line.text.index(text) if text else line.span.column
    span = SourceSpan(line.span.path, line.span.line, start, line.span.line, start + len(text))
    return ScalarNode(span, text, text)


def _items(node: Node) -> Iterator[Section]:
    if isinstance(node, SequenceNode):
        for item in node.items:
            if isinstance(item, MappingNode):
                head = item.get("endpoint")
                yield _as_section(item, head if isinstance(head, MappingNode) else item, None)
    elif isinstance(node, MappingNode):
        for entry in node.entries:
            if isinstance(entry.value, MappingNode):
                head = entry.value.get("endpoint")
                yield _as_section(entry.value, head if isinstance(head, MappingNode) else entry.value, entry.key)


def _as_section(root: MappingNode, head: MappingNode, key: ScalarNode | None) -> Section:
    name = root.get("name") or head.get("name") or key
    if isinstance(name, ScalarNode) and name.text:
        heading = TextLine(name.text, name.span)
    else:
        heading = _request_line(head)
    kept = MappingNode(root.span, tuple(entry for entry in root.entries if entry.key.text != "name"), root.flow)
    return Section(heading, 3, None, (YamlBlock(kept, root.span),), (), (), (), (), root.span)


def _request_line(head: MappingNode) -> TextLine:
    method, path = head.get("method"), head.get("path")
    if isinstance(method, ScalarNode) and isinstance(path, ScalarNode):
        return TextLine(f"{method.text.upper()} {path.text}", path.span)
    start = head.span
    return TextLine("", SourceSpan(start.path, start.line, start.column, start.line, start.column))
