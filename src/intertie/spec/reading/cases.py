"""Validation cases in every form that people list them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from urllib.parse import unquote

from intertie.core.patterns import later
from intertie.diagnostics import Edit, Fix, SourceSpan
from intertie.spec import codes
from intertie.spec.fields import FieldInfo, Kind, Located
from intertie.spec.model import CaseLine
from intertie.spec.reading.blocks import BlockReader
from intertie.spec.sections import heading_words
from intertie.spec.tree import (
    Bullet,
    Entry,
    MappingNode,
    Node,
    ScalarNode,
    Section,
    SequenceNode,
    TextLine,
    plain,
)
from intertie.spec.yaml_nodes import shorten

_ID = r"(?:TC|SC|PC)-\d+"
_LINE_RE = later(
    rf"\s*(?:\[[ xX]\]\s*)?(?:"
    rf"\[(?P<label>[^\]]*)\]\((?P<link>[^)\s]+)\)"
    rf"|[`*_]*(?P<path>(?:\.{{0,2}}/)?[^\s:`*]*(?:-cases/|{_ID})[^\s:`*]*|/[^\s:`*]+\.ya?ml)[`*_]*"
    rf")[`*_]*\s*(?:[:\u2013\u2014-]\s*[`*_]*\s*)?(?P<rest>.*)\Z",
    re.DOTALL,
)
_ID_RE = later(rf"({_ID})")
_LABEL_RE = later(rf"\s*{_ID}\s*[:\u2013\u2014-]?\s*(.*)\Z", re.DOTALL)
_KINDS = {"TC": "test_case", "SC": "scenario_case", "PC": "precondition_case"}
_GROUPS = {"test_cases": "test_case", "scenario_cases": "scenario_case", "precondition_cases": "precondition_case"}
_DESCRIPTION = FieldInfo(Kind.TEXT, "What the case shows.")


class CaseReader:
    """Reads the cases that a spec lists; what can't be one is reported."""

    def __init__(self, reader: BlockReader) -> None:
        self._reader = reader
        self._findings = reader.findings
        self._placeholders = reader.placeholders

    def of_section(self, section: Section) -> Iterator[CaseLine]:
        """Yield the cases listed in the Validation Cases section."""
        for part in section.walk():
            kind = _heading_kind(part)
            for bullet in part.bullets:
                case = self._line(bullet, kind)
                if case is not None:
                    yield case
            for table in part.tables:
                for row in table.rows:
                    case = self._row(row, kind)
                    if case is not None:
                        yield case

    def of_block(self, entry: Entry) -> Iterator[CaseLine]:
        """Yield the cases of a `validation_cases:` block."""
        if isinstance(entry.value, SequenceNode):
            yield from self._items(entry.value, entry.key.span, "test_case")
            return
        if not isinstance(entry.value, MappingNode):
            self._findings.add(
                codes.WRONG_TYPE, entry.value.span, "`validation_cases` holds `test_cases` and `scenario_cases`",
                help="write `test_cases: [{path: /test-cases/TC-001.yaml, description: …}]`",
            )  # fmt: skip
            return
        for group in entry.value.entries:
            kind = _GROUPS.get(group.key.text)
            if kind is None:
                self._findings.add(
                    codes.UNKNOWN_KEY, group.key.span,
                    f"`{shorten(group.key.text)}` is not a key of `validation_cases`",
                    help="it holds `test_cases` and `scenario_cases`",
                )  # fmt: skip
            elif isinstance(group.value, SequenceNode):
                yield from self._items(group.value, group.key.span, kind)

    # Forms

    def _line(self, bullet: Bullet, kind: str) -> CaseLine | None:
        whole = _whole(bullet)
        source = self._reader.source
        text = source.slice(whole)
        match = _LINE_RE().match(text)
        if match is None:
            if kind:
                line = TextLine(text, whole)
                if not self._placeholders.in_text(line, "case"):
                    self._findings.add(
                        codes.UNREADABLE_LINE, whole, f"this line names no case: {shorten(text)}",
                        help="write `- /test-cases/TC-001.yaml: what it shows`",
                    )  # fmt: skip
            return None
        start = source.offset(whole.line, whole.column)
        group = "link" if match.group("link") else "path"
        first, last = match.span(group)
        path = Located(match.group(group), source.span(start + first, start + last), whole, match.group(group))
        description = self._description(match, start, whole)
        if self._placeholders.in_text(TextLine(path.text, path.span), "case path"):
            return None
        if description is not None and self._placeholders.in_text(
            TextLine(description.text, description.span), "case description", _DESCRIPTION
        ):
            return None
        return self._made(path, description, kind, bullet.span)

    def _description(self, match: re.Match[str], start: int, whole: SourceSpan) -> Located[str] | None:
        """Return the words after the path, else those in the link's label."""
        first, last = match.span("rest")
        text = match.group("rest").strip()
        if not text and match.group("label"):
            label = _LABEL_RE().match(match.group("label"))
            if label is None:
                return None
            offset = match.start("label")
            first, last = (offset + position for position in label.span(1))
            text = label.group(1).strip()
        if not text:
            return None
        span = self._reader.source.span(start + first, start + last)
        return Located(" ".join(text.split()), span, whole, text)

    def _row(self, row: tuple[TextLine, ...], kind: str) -> CaseLine | None:
        for index, cell in enumerate(row):
            match = _LINE_RE().match(cell.text)
            if match is None or not _ID_RE().search(cell.text):
                continue
            text = match.group("link") or match.group("path")
            start = self._reader.source.offset(cell.span.line, cell.span.column) + cell.text.index(text)
            path = Located(text, self._reader.source.span(start, start + len(text)), cell.span, text)
            other = next((each for each in row[index + 1 :] if each.text), None)
            description = None if other is None else Located(other.text, other.span, cell.span, other.text)
            if any(self._placeholders.in_text(each, "case", _DESCRIPTION) for each in row):
                return None
            return self._made(path, description, kind, row[0].span.to(row[-1].span))
        return None

    def _items(self, node: SequenceNode, key_span: SourceSpan, kind: str) -> Iterator[CaseLine]:
        for item in node.items:
            if isinstance(item, ScalarNode):
                if not self._placeholders.in_node(item, _DESCRIPTION, "case"):
                    case = self._made(Located(item.text, item.span, key_span, item.text), None, kind, item.span)
                    if case is not None:
                        yield case
                continue
            case = self._item(item, key_span, kind)
            if case is not None:
                yield case

    def _item(self, item: Node, key_span: SourceSpan, kind: str) -> CaseLine | None:
        found: dict[str, Located[str]] = {}
        unfilled = False
        for entry in item.entries if isinstance(item, MappingNode) else ():
            key = {"file": "path", "id": "path", "purpose": "description"}.get(entry.key.text, entry.key.text)
            if self._placeholders.in_node(entry.value, _DESCRIPTION, f"case.{key}"):
                unfilled = True
            elif isinstance(entry.value, ScalarNode) and key not in found:
                found[key] = Located(entry.value.text, entry.value.span, entry.key.span, entry.value.text)
        if unfilled:
            return None
        if "path" not in found:
            self._findings.add(
                codes.WRONG_TYPE, item.span, "a case is `{path, description}`", help="write the case's `path`"
            )
            return None
        case = self._made(found["path"], found.get("description"), kind, item.span)
        if case is None:
            return None
        raw: Located[object] = Located(plain(item), item.span, key_span, self._reader.source.slice(item.span))
        return CaseLine(case.span, case.head, case.path, case.description, case.kind, raw)

    def _made(
        self, path: Located[str], description: Located[str] | None, kind: str, span: SourceSpan
    ) -> CaseLine | None:
        if not self._is_allowed(path):
            return None
        identity = _ID_RE().search(path.value)
        by_id = _KINDS[identity.group(1)[:2]] if identity else ""
        return CaseLine(span, path.span, path, description, by_id or kind or "test_case")

    def _is_allowed(self, path: Located[str]) -> bool:
        """Report a path that a spec may not cite; return whether it may."""
        text = unquote(path.value).replace("\\", "/")
        if (
            ":" in text.split("/", 1)[0]
            or posixpath.normpath(text.lstrip("/")).startswith("..")
            or ".." in text.split("/")
        ):
            self._findings.add(
                codes.CASE_OUTSIDE, path.span, f"`{shorten(path.value)}` leads out of the workspace",
                help="cases lie below the workspace: `/test-cases/TC-001.yaml`",
            )  # fmt: skip
            return False
        if text.lower().endswith(".yml"):
            mended = path.text[: -len(".yml")] + ".yaml"
            self._findings.add(
                codes.CASE_SUFFIX, path.span, "a case file ends in `.yaml`, not `.yml`", help="rename the file",
                fix=Fix(f"write {mended}", (Edit(path.span, mended),)),
            )  # fmt: skip
            return False
        if re.search(r"(?:^|/)PC-\d+", text):
            self._findings.add(
                codes.PRECONDITION_CITED, path.span, "a spec does not cite a precondition case directly",
                help="cite the test case that uses it",
            )  # fmt: skip
            return False
        return True


def _whole(bullet: Bullet) -> SourceSpan:
    """Return the place of a bullet's whole text: the mark in front of it left out."""
    start = bullet.key.span if bullet.key is not None else bullet.value.span
    line = bullet.span
    # A checkbox or bold marks before the key belong to the text; two characters are the bullet's own mark.
    column = min(start.column, line.column + 2) if start.line == line.line else start.column
    return SourceSpan(line.path, start.line, column, line.end_line, line.end_column)


def _heading_kind(section: Section) -> str:
    words = heading_words(section.heading.text)
    if "scenario" in words:
        return "scenario_case"
    if "precondition" in words:
        return "precondition_case"
    return "test_case" if "test" in words else ""
