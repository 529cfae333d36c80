"""Where a part of a value stands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import SourceSpan
from intertie.spec.source import Source
from intertie.spec.tree import ScalarNode

VALUE_RE = re.compile(r"\{\{\s*([A-Za-z_]\w*)[^{}]*\}\}")
"""A value of the case in a text: `{{ name }}`."""


def inner_span(source: Source, node: ScalarNode) -> SourceSpan:
    """Return the place of a scalar's text: without its quotes, where they stand on one line."""
    span = node.span
    if not node.quoted or span.line != span.end_line:
        return span
    text = source.slice(span)
    if len(text) >= 2 and text[0] in "'\"" and text[-1] == text[0]:
        return SourceSpan(span.path, span.line, span.column + 1, span.line, span.end_column - 1)
    return span


def is_as_written(source: Source, node: ScalarNode) -> bool:
    """Return whether a scalar stands on one line without escapes, so that places inside it can be told."""
    span = inner_span(source, node)
    return span.line == span.end_line and span.end_column - span.column == len(node.text)


def part_of(source: Source, node: ScalarNode, first: int, last: int) -> SourceSpan:
    """Return the place of `node.text[first:last]`; the whole scalar where places inside it can't be told."""
    if not is_as_written(source, node):
        return node.span
    span = inner_span(source, node)
    return SourceSpan(span.path, span.line, span.column + first, span.line, span.column + last)


def values_in(node: ScalarNode) -> Iterator[tuple[str, int, int]]:
    """Yield name and offsets of every `{{ name }}` in a text."""
    for match in VALUE_RE.finditer(node.text):
        yield match.group(1), *match.span(1)
