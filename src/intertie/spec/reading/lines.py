"""Bullets and tables as nodes, so that they are read by the same declarations as YAML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from intertie.core.errors import snake_case
from intertie.spec.scalars import plain_value
from intertie.spec.source import Source
from intertie.spec.tree import Bullet, Entry, MappingNode, ScalarNode, Section, Table, TextLine

_MARKUP_RE = re.compile(r"\s*(?:`(?P<code>[^`]*)`|\*\*(?P<bold>[^*]+)\*\*|<(?P<url>https?://[^>\s]+)>|"
                        r"\[[^\]]*\]\((?P<link>[^)\s]+)\))\s*\Z")  # fmt: skip
_NOTHING = frozenset({"", "-", "–", "—", "n/a", "none"})  # noqa: RUF001 - dashes as people type them

_CELL_FLAGS = {
    **dict.fromkeys(("yes", "y", "x", "✓", "✔", "✅", "required", "mandatory"), True),
    **dict.fromkeys(("no", "n", "✗", "✘", "❌", "optional"), False),
}
"""How people tick a cell; in a table that is no other spelling of `true` to be told of."""


def bullet_entries(section: Section, source: Source) -> list[Entry]:
    """Return the keyed bullets of a section, and the rows of its two-column tables, as entries in their order."""
    entries = []
    bullets = section.bullets
    for index, bullet in enumerate(bullets):
        if bullet.key is None:
            continue
        value = bullet.value
        if not value.text.strip():
            value = _nested(bullet, bullets[index + 1 :]) or value
        entries.append(Entry(text_node(bullet.key, source), text_node(value, source)))
    for table in section.tables:
        if len(table.header) == 2:
            entries += [
                Entry(text_node(key, source), text_node(value, source)) for key, value in table.rows if key.text
            ]
    return entries


def text_node(line: TextLine, source: Source) -> ScalarNode:
    """Return a piece of prose as a scalar; code marks, bold and links around the whole of it are taken off."""
    match = _MARKUP_RE.match(line.text)
    if match is None or line.span.line != line.span.end_line:
        text = " ".join(line.text.split())
        return ScalarNode(line.span, plain_value(text), text)
    name = match.lastgroup or "code"
    start = source.offset(line.span.line, line.span.column)
    first, last = match.span(name)
    text = match.group(name)
    return ScalarNode(source.span(start + first, start + last), plain_value(text), text)


def table_rows(table: Table, columns: Mapping[str, str], source: Source) -> Iterator[MappingNode]:
    """Yield each row as a mapping by canonical key; `columns` maps a header in snake_case to its key.

    Empty cells and columns that are not named are left out.
    """
    keys = [columns.get(snake_case(cell.text)) for cell in table.header]
    for row in table.rows:
        entries = []
        for key, header, cell in zip(keys, table.header, row, strict=True):
            if key is None or cell.text.strip().lower() in _NOTHING - {"none"}:
                continue
            node = text_node(cell, source)
            said = _CELL_FLAGS.get(node.text.lower()) if key == "required" else None
            if said is not None:
                node = ScalarNode(node.span, said, node.text)
            # The key is the header cell: a message about this field points at the column's name.
            entries.append(Entry(ScalarNode(header.span, key, key), node))
        if entries:
            yield MappingNode(row[0].span.to(row[-1].span), tuple(entries))


def matching_columns(table: Table, columns: Mapping[str, str]) -> int:
    """Return how many columns of the table are named in `columns`."""
    return sum(snake_case(cell.text) in columns for cell in table.header)


def says_nothing(text: str) -> bool:
    """Return whether prose only says that there is nothing (`none`, `n/a`, a dash)."""
    return text.strip().strip(".").lower() in _NOTHING


def _nested(parent: Bullet, following: tuple[Bullet, ...]) -> TextLine | None:
    """Return the deeper bullets below `parent` as one value."""
    inner = []
    for bullet in following:
        if bullet.span.column <= parent.span.column:
            break
        inner.append(bullet.value if bullet.key is None else TextLine("", bullet.span))
    values = [line for line in inner if line.text]
    if not values:
        return None
    return TextLine(", ".join(" ".join(line.text.split()) for line in values), values[0].span.to(values[-1].span))
