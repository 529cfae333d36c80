"""What is still the template's: values in square brackets, in YAML and in prose."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import SourceSpan
from intertie.spec import codes
from intertie.spec.fields import FieldInfo, Kind
from intertie.spec.source import Findings, Source
from intertie.spec.template import template_placeholders
from intertie.spec.tree import MappingNode, Node, ScalarNode, SequenceNode, TextLine
from intertie.spec.yaml_nodes import shorten

_WHOLE_RE = re.compile(r"\s*\[[^\[\]]+\]\s*\Z")
_PART_RE = re.compile(r"(?<![\w.$\])^])(?<!\bin )\[([A-Za-z][^\[\]\n]*)\](?![(\[])")
_NAME_RE = re.compile(r"[a-z]+(?:_[a-z]+)+\Z|X+\Z")
_PARTIAL_WORDS = frozenset({"threshold", "ms", "SchemaName", "ResponseSchema", "seconds", "number", "percentage"})
_CHECKBOXES = frozenset({"[ ]", "[x]", "[X]"})


class Placeholders:
    """Finds and reports placeholders, each once at its place."""

    __slots__ = ("_findings", "_source")

    def __init__(self, source: Source, findings: Findings) -> None:
        self._source = source
        self._findings = findings

    def in_node(self, node: Node, info: FieldInfo, where: str) -> bool:
        """Report what is unfilled in the value of a field; return whether the value is unfilled."""
        if isinstance(node, ScalarNode):
            return "[" in node.text and self._in_scalar(node, info, where)
        if isinstance(node, SequenceNode) and node.flow and node.items and self._is_placeholder(node, info):
            self.report(node.span, where, info)
            return True
        return False

    def in_text(self, line: TextLine, where: str, info: FieldInfo | None = None) -> bool:
        """Report what is unfilled in prose, a bullet or a heading; return whether there is anything."""
        text = line.text
        if "[" not in text or text.strip() in _CHECKBOXES:
            return False
        if _WHOLE_RE.match(text):
            self.report(line.span, where, info)
            return True
        return self._parts(line.span, where, info)

    def everywhere(self, node: Node, where: str) -> bool:
        """Report placeholders anywhere in a node (a schema); return whether there is one."""
        if isinstance(node, ScalarNode):
            return "[" in node.text and self._parts(node.span, where, None)
        if isinstance(node, SequenceNode):
            found = [self.everywhere(item, where) for item in node.items]
            return any(found)
        found = [self.everywhere(entry.value, where) for entry in node.entries if entry.key.text != "pattern"]
        return any(found)

    def report(self, span: SourceSpan, where: str, info: FieldInfo | None) -> None:
        """Report one placeholder with what it offers."""
        text = self._source.slice(span).strip()
        if info is not None and info.kind is Kind.SECRET and text[1:-1] not in template_placeholders():
            # What stands in a secret's place may be one: it is not repeated.
            text = "this"
        inner = text.strip("'\"")[1:-1]
        self._findings.add(
            codes.UNFILLED, span, f"`{where}` is not filled in: {shorten(text)} is a placeholder",
            help=_offer(inner, info),
        )  # fmt: skip

    def _in_scalar(self, node: ScalarNode, info: FieldInfo, where: str) -> bool:
        # Quotes around the whole are the author's: `"[1, 2]"` may be meant, `"[service_name]"` is not.
        whole = _WHOLE_RE.match(node.text) and node.text.strip() not in _CHECKBOXES
        if whole and (not node.quoted or node.text.strip()[1].isalpha()):
            self.report(node.span, where, info)
            return True
        return self._parts(node.span, where, info)

    def _parts(self, span: SourceSpan, where: str, info: FieldInfo | None) -> bool:
        start = self._source.offset(span.line, span.column)
        spans = [
            self._source.span(start + first, start + last)
            for first, last, inner in _bracketed(self._source.slice(span))
            if "|" in inner or _NAME_RE.match(inner) or inner in _PARTIAL_WORDS
        ]
        for part in spans:
            self.report(part, where, info)
        return bool(spans)

    def _is_placeholder(self, node: SequenceNode, info: FieldInfo) -> bool:
        """Return whether a flow sequence is a bracketed placeholder rather than a list."""
        texts = [item.text for item in node.items if isinstance(item, ScalarNode) and not item.quoted]
        if len(texts) != len(node.items):
            return False
        if info.kind not in _COLLECTIONS:
            return len(texts) == 1 or (info.kind is Kind.TEXT and any(" " in text for text in texts))
        inner = ", ".join(texts)
        if len(texts) > 1:
            return False
        if "|" in inner:
            return True
        known = inner in template_placeholders() and "_" in inner
        return known and info.template and not _is_choice(inner, info)


_COLLECTIONS = frozenset({Kind.ANY, Kind.LIST, Kind.BLOCKS})


def has_placeholder_key(node: MappingNode) -> bool:
    """Return whether a mapping is `{name}` written without quotes: one key and nothing for it."""
    return (
        node.flow
        and len(node.entries) == 1
        and isinstance(node.entries[0].value, ScalarNode)
        and not node.entries[0].value.text
        and not node.entries[0].value.quoted
    )


def _is_choice(text: str, info: FieldInfo) -> bool:
    return info.item is not None and text in info.item.choices


def _bracketed(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _PART_RE.finditer(text):
        yield match.start(), match.end(), match.group(1)


def _offer(inner: str, info: FieldInfo | None) -> str:
    choices: tuple[str, ...] = ()
    if info is not None:
        choices = info.choices or (info.item.choices if info.item is not None else ())
    if not choices and "|" in inner:
        choices = tuple(part.strip() for part in inner.split("|") if part.strip() != "etc")
    if choices:
        return f"choose one of: {', '.join(choices)}"
    if info is not None and info.kind is Kind.FLAG:
        return "choose one of: true, false"
    if info is not None and info.doc:
        return info.doc.rstrip(".")
    if " " in inner:
        return "write it here in your own words, or remove the line"
    return f"write the {inner.replace('_', ' ')} here, or remove the line"
