"""A Markdown file into a `Document`: sections, YAML blocks, bullets, tables and prose, each with its place."""

from __future__ import annotations

import re
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from msgspec import Struct, field

from intertie.diagnostics import SourceSpan
from intertie.spec import codes
from intertie.spec.fences import MAX_MARKDOWN_LINES, close_fences
from intertie.spec.front_matter import find_front_matter, read_front_matter
from intertie.spec.sections import section_name
from intertie.spec.source import Findings, Source
from intertie.spec.tables import read_table
from intertie.spec.tree import Bullet, Document, Section, Table, TextLine, YamlBlock
from intertie.spec.yaml_nodes import Allowance, Place, place_by_line
from intertie.spec.yaml_text import read_mapping

_YAML_INFOS = frozenset({"yaml", "yml"})
_BOLD_KEY_RE = re.compile(r"(?:\[[ xX]\]\s+)?(\*\*|__)(?P<key>.+?)(?::\s*)?\1\s*(?:[:\u2013\u2014=-]\s*)?")
_PLAIN_KEY_RE = re.compile(r"(?P<key>[^\s:`\[/][^:`\[\n]{0,60}?)\s*:(?:\s+|$)")
_BLOCK_KEY_RE = re.compile(
    r"^(?:service|authentication|timeouts|proxy|rate_limits|throttling|retry|circuit_breaker|monitoring|endpoint|inbound|outbound"
    r"|error_mapping|fallback_behavior|costs|testing|versioning|components|security|validation_cases)\s*:",
    re.MULTILINE,
)


class _Open(Struct):
    """A section that is being filled."""

    heading: TextLine
    level: int
    first_line: int
    blocks: list[YamlBlock] = field(default_factory=list)
    bullets: list[Bullet] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    paragraphs: list[TextLine] = field(default_factory=list)
    subsections: list[Section] = field(default_factory=list)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": 20}).enable("table")
    # Only the block structure is asked for: inline text is read by what its section expects.
    return parser.disable(["inline", "reference", "text_join"])


def read_document(source: Source, findings: Findings) -> Document:
    """Return the structure of a file; what is wrong with it is reported."""
    return _DocumentReader(source, findings).read()


class _DocumentReader:
    def __init__(self, source: Source, findings: Findings) -> None:
        self._source = source
        self._findings = findings
        self._allowance = Allowance()
        self._title: TextLine | None = None
        self._sections: list[Section] = []
        self._stack: list[_Open] = []
        self._tokens: list[Token] = []

    def read(self) -> Document:
        source = self._source
        lines = source.lines()
        where = find_front_matter(lines)
        front_matter = read_front_matter(source, where, self._findings)
        if where is not None:
            lines[: where.end] = [""] * where.end
        if close_fences(lines, source, self._findings) > MAX_MARKDOWN_LINES:
            self._findings.add(
                codes.FILE_TOO_LARGE, source.line_span(1),
                f"the file has more than {MAX_MARKDOWN_LINES:,} lines of Markdown", help="split the spec",
            )  # fmt: skip
        else:
            self._tokens = _parser().parse("\n".join(lines))
            self._walk()
        self._close_down_to(1, source.line_count)
        return Document(
            source.path, source.text, front_matter, self._title, tuple(self._sections),
            source.line_span(1, source.line_count),
        )  # fmt: skip

    def _walk(self) -> None:
        index = 0
        quotes = 0
        while index < len(self._tokens):
            token = self._tokens[index]
            kind = token.type
            if kind == "heading_open" and token.level == 0:
                self._heading(token, self._tokens[index + 1])
                index += 2
            elif kind == "fence" and not quotes:
                self._fence(token)
            elif kind == "list_item_open" and not quotes:
                self._bullet(index)
            elif kind == "table_open":
                index = self._table(index)
            elif kind == "inline" and self._tokens[index - 1].type == "paragraph_open" and not _in_list(token):
                self._paragraph(token)
            elif kind in ("blockquote_open", "blockquote_close"):
                quotes += 1 if kind == "blockquote_open" else -1
            index += 1

    # Headings

    def _heading(self, token: Token, inline: Token) -> None:
        level = int(token.tag[1])
        first, _ = token.map or [0, 1]
        if "\n" in inline.content:
            # Prose right above a rule is a heading to Markdown; several lines of it are prose to its author.
            self._paragraph(inline)
            return
        heading = self._located(inline.content, first)
        self._close_down_to(level, first)
        if level == 1 and self._title is None and not self._sections:
            self._title = heading
            return
        self._stack.append(_Open(heading, level, first + 1))

    def _close_down_to(self, level: int, line: int) -> None:
        """Close the open sections of `level` and deeper; `line` is their last, 1-based."""
        while self._stack and self._stack[-1].level >= level:
            done = self._stack.pop()
            name = section_name(done.heading.text) if not self._stack else None
            section = Section(
                done.heading, done.level, name, tuple(done.blocks), tuple(done.bullets), tuple(done.tables),
                tuple(done.paragraphs), tuple(done.subsections), self._lines_span(done.first_line, line),
            )  # fmt: skip
            (self._stack[-1].subsections if self._stack else self._sections).append(section)

    def _lines_span(self, first: int, last: int) -> SourceSpan:
        while last > first and not self._source.line(last).strip():
            last -= 1
        return self._source.line_span(first, last)

    def _current(self, line: int) -> _Open:
        """Return the innermost open section; text before the first heading gets one without a heading."""
        if not self._stack:
            place = self._source.line_span(line)
            nothing = SourceSpan(place.path, place.line, 1, place.line, 1)
            self._stack.append(_Open(TextLine("", nothing), 2, line))
        return self._stack[-1]

    # YAML

    def _fence(self, token: Token) -> None:
        first, last = token.map or [0, 0]
        info = token.info.strip().split(maxsplit=1)
        language = info[0].lower().strip("{}.") if info else ""
        if language and language not in _YAML_INFOS:
            return
        if self._allowance.left < 0:
            return
        content, place = self._yaml_at(token, first, last)
        if not language and not _BLOCK_KEY_RE.search(content):
            return
        if not language:
            self._findings.add(
                codes.UNLABELLED_FENCE, self._source.line_span(first + 1), "this block is read as YAML",
                help="write ```yaml where it opens",
            )  # fmt: skip
        root = read_mapping(content, place, self._findings, what="a YAML block", allowance=self._allowance)
        if root is not None:
            block = YamlBlock(root, self._source.line_span(first + 1, max(first + 1, last)))
            self._current(first + 1).blocks.append(block)

    def _yaml_at(self, token: Token, first: int, last: int) -> tuple[str, Place]:
        """Return the text of a fence on the 0-based lines `first`..`last - 1`, and the places in it."""
        source = self._source
        if token.level == 0 and source.line(first + 1)[:1] in ("`", "~"):
            closed = last > first + 1 and not source.line(last).strip().strip(token.markup[0])
            end = last - 1 if closed else last
            base = source.offset(first + 2, 1) if first + 2 <= source.line_count else len(source.text)
            stop = source.offset(end, 1) + len(source.line(end)) if end > first + 1 else base
            return source.text[base:stop], source.spans_from(base)
        content = token.content.removesuffix("\n")
        columns = self._shifts(content, first + 1)

        def span_at(line: int, column: int, end_line: int, end_column: int) -> SourceSpan:
            return SourceSpan(
                source.path, first + 2 + line, column + columns[line] + 1,
                first + 2 + end_line, end_column + columns[end_line] + 1,
            )  # fmt: skip

        return content, place_by_line(content, span_at)

    def _shifts(self, content: str, first: int) -> list[int]:
        """Return how many columns of each source line stand before the fence's own text."""
        shifts = []
        for number, line in enumerate(content.split("\n"), start=first):
            has_line = number < self._source.line_count
            shifts.append(max(0, len(self._source.line(number + 1)) - len(line)) if has_line else 0)
        return [*shifts, 0]

    # Bullets, tables, prose

    def _bullet(self, index: int) -> None:
        """Read the item's own first paragraph; nested items come as items of their own."""
        item = self._tokens[index]
        if index + 2 >= len(self._tokens) or self._tokens[index + 1].type != "paragraph_open":
            return
        inline = self._tokens[index + 2]
        first, last = inline.map or [0, 1]
        whole = self._located(inline.content, first, last)
        item_first = (item.map or [first, last])[0]
        start = self._source.span(self._indent_offset(item_first), self._indent_offset(item_first))
        span = start.to(whole.span)
        self._current(first + 1).bullets.append(self._keyed(whole, span))

    def _indent_offset(self, line: int) -> int:
        text = self._source.line(line + 1)
        return self._source.offset(line + 1, len(text) - len(text.lstrip()) + 1)

    def _keyed(self, whole: TextLine, span: SourceSpan) -> Bullet:
        match = _BOLD_KEY_RE.match(whole.text) or _PLAIN_KEY_RE.match(whole.text)
        if match is None:
            return Bullet(None, whole, span)
        source = self._source
        begin = source.offset(whole.span.line, whole.span.column)
        key_start, key_end = match.span("key")
        key = TextLine(match.group("key").strip(), source.span(begin + key_start, begin + key_end))
        rest = whole.text[match.end() :]
        # Without an own text the value is nothing, at the end of what is there.
        value_start = begin + match.end() if rest else begin + len(whole.text.split("\n", 1)[0])
        end = source.offset(whole.span.end_line, whole.span.end_column)
        return Bullet(key, TextLine(rest, source.span(min(value_start, end), end)), span)

    def _table(self, index: int) -> int:
        """Read a table; return the index of its last token."""
        token = self._tokens[index]
        first, last = token.map or [0, 1]
        table = read_table(self._source, first + 1, last)
        if table is not None:
            self._current(first + 1).tables.append(table)
        while self._tokens[index].type != "table_close":
            index += 1
        return index

    def _paragraph(self, inline: Token) -> None:
        first, last = inline.map or [0, 1]
        self._current(first + 1).paragraphs.append(self._located(inline.content, first, last))

    def _located(self, content: str, first: int, last: int | None = None) -> TextLine:
        """Return inline content with its place; `first` and `last` are the token's 0-based lines."""
        source = self._source
        pieces = content.split("\n")
        line = source.line(first + 1)
        column = max(line.find(pieces[0]), 0)
        start = source.offset(first + 1, column + 1)
        if len(pieces) == 1:
            return TextLine(content, source.span(start, start + len(content)))
        end_line = min(first + len(pieces), last or first + len(pieces))
        final = source.line(end_line)
        end = source.offset(end_line, max(final.rfind(pieces[-1]), 0) + len(pieces[-1]) + 1)
        return TextLine(content, source.span(start, max(start, end)))


def _in_list(token: Token) -> bool:
    """Return whether an inline token stands in a list or quote (they are two levels deeper for each)."""
    return token.level > 1
