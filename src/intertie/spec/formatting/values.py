"""Single values in their canonical form: durations in the unit of their field, no quotes without need."""

from __future__ import annotations

import re
from decimal import Decimal

import yaml

from intertie.core.units import SECONDS_PER_UNIT, parse_comparison, parse_duration_s, parse_number
from intertie.spec.fields import FieldInfo, Kind
from intertie.spec.formatting.text import FileText, Replacement
from intertie.spec.reading.units import comment_unit
from intertie.spec.scalars import plain_value
from intertie.spec.tree import ScalarNode

_TIMES = frozenset({Kind.DURATION, Kind.TARGET})
_SIMPLE_RE = re.compile(r"[A-Za-z_/][A-Za-z0-9_./-]*(?::[A-Za-z0-9_./-]+)*(?: [A-Za-z0-9_./-]+)*")
"""Texts that read as they are, in lines and in brackets: words, paths, references such as `env:NAME`, URLs."""


def in_field_unit(node: ScalarNode, info: FieldInfo, text: FileText) -> Replacement | None:
    """Return a duration as a bare number in the unit of its field, None where it is one, or would be no whole number.

    >>> from intertie.diagnostics import SourceSpan
    >>> node = ScalarNode(SourceSpan("a.md", 1, 7, 1, 11), "30s", "30s")
    >>> in_field_unit(node, FieldInfo(Kind.DURATION, "", bare_unit="ms"), FileText("read: 30s")).new
    '30000'
    """
    if info.kind not in _TIMES or node.quoted:
        return None
    comparison = parse_comparison(node.text) if info.kind is Kind.TARGET else None
    written = comparison.right if comparison is not None else node.text
    seconds = parse_duration_s(written, bare_unit=info.bare_unit)
    if seconds is None or parse_number(written) is not None:
        return None
    number = seconds / SECONDS_PER_UNIT[info.bare_unit]
    if number != number.to_integral_value():
        return None
    bare = f"{int(number)}"
    if node.comment and comment_unit(node.comment, Decimal(bare)) is not None:
        # The comment would give the bare number its own unit.
        return None
    source = text.slice(node.span)
    at = source.rfind(written)
    if at < 0:
        return None
    start = text.offset(node.span.line, node.span.column) + at
    return Replacement(start, start + len(written), bare)


def without_quotes(node: ScalarNode, text: FileText) -> Replacement | None:
    """Return a quoted text without its quotes, None where it needs them.

    It needs them where it would read as anything but this text, to us or to a reader of YAML 1.1 (`no`, `1:30`), and
    where it has characters that YAML gives a meaning.
    """
    if not node.quoted or not _SIMPLE_RE.fullmatch(node.text):
        return None
    source = text.slice(node.span)
    if source not in (f'"{node.text}"', f"'{node.text}'"):
        return None
    if plain_value(node.text) != node.text or not _is_text_to_all(node.text):
        return None
    return text.replace(node.span, node.text)


def _is_text_to_all(word: str) -> bool:
    """Return whether YAML 1.1 too reads a plain scalar as text."""
    tag = yaml.SafeLoader.yaml_implicit_resolvers
    return not any(pattern.match(word) for _, pattern in (*tag.get(word[:1], ()), *tag.get(None, ())))
