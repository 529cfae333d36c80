"""Keys of one mapping in the order of its block, each with its comments; gaps and blank lines stay where they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

from intertie.spec.fields import Block, declared_fields
from intertie.spec.formatting.text import FileText, Replacement
from intertie.spec.reading.keys import find_key
from intertie.spec.tree import Entry, MappingNode, ScalarNode

_SEPARATOR_RE = re.compile(r"\s*,\s*")


class _Region(Struct, frozen=True):
    """The lines of one entry: its comments above, the key, the value, and comments that belong to the value."""

    first: int
    key: int
    last: int


def reordered(node: MappingNode, block: type[Block], text: FileText) -> Replacement | None:
    """Return the mapping in canonical order, None where it is so already, or where it can't be moved unharmed.

    Keys that the block does not know come last, in the order that they have.
    """
    ranks = _ranks(node.entries, block)
    order = sorted(range(len(ranks)), key=lambda index: (ranks[index], index))
    if order == list(range(len(order))):
        return None
    return _in_flow(node, order, text) if node.flow else _in_lines(node, order, text)


def _ranks(entries: Sequence[Entry], block: type[Block]) -> list[int]:
    positions = {key: index for index, key in enumerate(declared_fields(block))}
    known = [find_key(block, entry.key.text) for entry in entries]
    return [positions[each.key] if each is not None else len(positions) for each in known]


def _in_flow(node: MappingNode, order: Sequence[int], text: FileText) -> Replacement | None:
    """Exchange the entries of `{a: 1, b: 2}`; what separates them stays in its place."""
    spans = [entry.key.span.to(entry.value.span) for entry in node.entries]
    places = [(text.offset(s.line, s.column), text.offset(s.end_line, s.end_column)) for s in spans]
    gaps = [text.text[before[1] : after[0]] for before, after in pairwise(places)]
    if not all(_SEPARATOR_RE.fullmatch(gap) for gap in gaps):
        return None
    parts = [text.text[start:end] for start, end in places]
    new = parts[order[0]] + "".join(gap + parts[index] for gap, index in zip(gaps, order[1:], strict=True))
    return Replacement(places[0][0], places[-1][1], new)


def _in_lines(node: MappingNode, order: Sequence[int], text: FileText) -> Replacement | None:
    """Exchange the regions of a mapping written line by line; the lines between regions stay in their place."""
    column = node.entries[0].key.span.column
    if any(entry.key.span.column != column for entry in node.entries):
        return None
    regions = _regions(node.entries, column, text)
    if regions is None:
        return None
    lead = text.line(regions[0].key)[: column - 1]
    parts = [text.lines(region.first, region.last) for region in regions]
    if lead.strip():
        # The first key shares its line with `- `: what stands before it stays there.
        if regions[order[0]].first != regions[order[0]].key:
            return None
        parts[0] = " " * (column - 1) + parts[0][column - 1 :]
        first = lead + parts[order[0]][column - 1 :]
    else:
        first = parts[order[0]]
    new = first
    for (before, after), index in zip(pairwise(regions), order[1:], strict=True):
        gap = text.lines(before.last + 1, after.first - 1)
        end = text.line_end(before.last)
        new += end + (gap + text.line_end(after.first - 1) if before.last + 1 < after.first else "") + parts[index]
    start = text.offset(regions[0].first, 1)
    return Replacement(start, text.offset(regions[-1].last, len(text.line(regions[-1].last)) + 1), new)


def _regions(entries: Sequence[Entry], column: int, text: FileText) -> list[_Region] | None:
    found: list[_Region] = []
    for index, entry in enumerate(entries):
        key = entry.key.span.line
        floor = found[-1].last + 1 if found else 1
        if key < floor:
            return None
        first = key
        shares_line = bool(text.line(key)[: column - 1].strip())
        # Comments right above a key, as far in as it is, are about it.
        while not shares_line and first > floor and _comment_column(text.line(first - 1)) == column:
            first -= 1
        last = max(key, _last_line(entry, key))
        following = entries[index + 1].key.span.line if index + 1 < len(entries) else text.line_count + 1
        # Comments right below a value, further in than its key, are about the value.
        while last + 1 < following and (_comment_column(text.line(last + 1)) or 0) > column:
            last += 1
        found.append(_Region(first, key, last))
    return found


def _last_line(entry: Entry, key: int) -> int:
    span = entry.value.span
    empty = isinstance(entry.value, ScalarNode) and not entry.value.text and not entry.value.quoted
    return key if empty else span.end_line - (span.end_column == 1 and span.end_line > span.line)


def _comment_column(line: str) -> int | None:
    stripped = line.lstrip(" ")
    return len(line) - len(stripped) + 1 if stripped.startswith("#") else None
