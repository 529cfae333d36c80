"""YAML text into nodes with exact places, guarded against hostile input.

The parser's events are read one by one, so a limit is kept before anything is built: nesting, the number of values, and
what aliases expand to. No tag is resolved, so nothing but mappings, sequences and scalars can come out.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from typing import Any, TypeAlias

import yaml

from intertie.diagnostics import Label, SourceSpan
from intertie.spec import codes
from intertie.spec.scalars import plain_value
from intertie.spec.source import Findings
from intertie.spec.tree import Entry, MappingNode, Node, ScalarNode, SequenceNode

MAX_DEPTH = 100
"""Deepest nesting that is read; the founding template needs 6, a schema in it rarely 30."""
MAX_VALUES = 250_000
"""Most values in one file, aliases expanded; a spec of 400 lines has about 600, one of 2 MB about 190,000."""

Place: TypeAlias = Callable[[int, int], SourceSpan]
"""From two offsets in the YAML text to the span in the file."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PROPERTIES_RE = re.compile(r"(?:[&!]\S*\s+)+(?:#[^\n]*\n\s*)?")
_COMMENT_RE = re.compile(r"[ \t]+#[ \t]*([^\n]*)")
_MERGE = "<<"


class Allowance:
    """How many values of one file may still be read."""

    __slots__ = ("left", "values")

    def __init__(self, values: int = MAX_VALUES) -> None:
        self.values = values
        self.left = values


class Refused(Exception):  # noqa: N818 - control flow inside this package: what was found is already reported
    """The text was given up at a limit that is reported."""


class _Frame:
    """A collection that is being read."""

    __slots__ = ("anchor", "end", "entries", "flow", "items", "key", "keys", "merged", "size", "start", "tagged")

    def __init__(self, start: int, *, mapping: bool, flow: bool, anchor: str | None, tagged: bool) -> None:
        self.start = start
        self.end = start
        self.flow = flow
        self.anchor = anchor
        self.tagged = tagged
        self.size = 1
        self.items: list[Node] = []
        self.entries: list[Entry] | None = [] if mapping else None
        self.keys: dict[str, ScalarNode] = {}
        self.merged: list[Node] = []
        self.key: Node | None = None


class NodeReader:
    """Reads one YAML text into a node tree."""

    def __init__(self, text: str, place: Place, findings: Findings, allowance: Allowance) -> None:
        self._text = text
        self._has_hashes = "#" in text
        self._place = place
        self._findings = findings
        self._stack: list[_Frame] = []
        self._anchors: dict[str, tuple[Node, int, int]] = {}
        self._allowance = allowance
        self._root: Node | None = None

    def read(self) -> Node | None:
        """Return the root node, None where the text holds nothing.

        Raises:
            Refused: A limit is passed; it is reported.
            yaml.YAMLError: The text is no YAML.
        """
        loader = _Loader(self._text)
        try:
            documents = 0
            next_event = loader.get_event
            while type(event := next_event()) is not yaml.StreamEndEvent:
                documents += type(event) is yaml.DocumentStartEvent
                if documents > 1:
                    start = event.start_mark.index
                    self._findings.add(
                        codes.YAML_SYNTAX, self._place(start, start + 3), "a second YAML document starts here",
                        help="take the `---` line out, or use a block of its own",
                    )  # fmt: skip
                    break
                take = _TAKE.get(type(event))
                if take is not None:
                    take(self, event)
        finally:
            loader.dispose()
        return self._root

    def on_scalar(self, event: Any) -> None:
        """Take a scalar."""
        start, end = event.start_mark.index, event.end_mark.index
        tagged = False
        if event.anchor is not None or event.tag is not None:
            tagged = self._refuse_tag(event)
            start = self._after_properties(start, end)
        style = event.style
        text = event.value
        if style in ("|", ">"):
            end = start + len(self._text[start:end].rstrip())
        quoted = bool(style)
        match = _COMMENT_RE.match(self._text, end) if self._has_hashes else None
        comment = match.group(1).rstrip() if match else ""
        value = None if tagged else (text if quoted else plain_value(text))
        node = ScalarNode(self._place(start, end), value, "" if tagged else text, quoted, comment)
        self._add(node, end, 1, event.anchor)

    def on_alias(self, event: Any) -> None:
        """Take an alias: the node it names, within the limits."""
        start, end = event.start_mark.index, event.end_mark.index
        known = self._anchors.get(event.anchor)
        span = self._place(start, end)
        if known is None:
            self._findings.add(
                codes.YAML_SYNTAX, span, f"the alias `*{event.anchor}` names nothing that is complete before it",
                help="quote the value if it only starts with `*`",
            )  # fmt: skip
            self._add(ScalarNode(span, None, ""), end, 1, None)
            return
        node, size, depth = known
        if size > self._allowance.left:
            self._findings.add(
                codes.TOO_MANY_ALIASES, span, f"aliases expand to more than {self._allowance.values:,} values",
                help="write the values out where they are needed, or remove the nested aliases",
            )  # fmt: skip
            raise Refused
        if len(self._stack) + depth > MAX_DEPTH:
            self._too_deep(start)
        self._add(node, end, size, None)

    def on_open(self, event: Any) -> None:
        """Begin a mapping or sequence."""
        start, end = event.start_mark.index, event.end_mark.index
        tagged = event.tag is not None and self._refuse_tag(event)
        if event.anchor is not None or event.tag is not None:
            start = self._after_properties(start, len(self._text))
        if len(self._stack) >= MAX_DEPTH:
            self._too_deep(start)
        mapping = isinstance(event, yaml.MappingStartEvent)
        frame = _Frame(start, mapping=mapping, flow=bool(event.flow_style), anchor=event.anchor, tagged=tagged)
        frame.end = max(start, end)
        self._stack.append(frame)

    def on_close(self, event: Any) -> None:
        """End the innermost mapping or sequence."""
        frame = self._stack.pop()
        if frame.flow:
            frame.end = event.end_mark.index
        span = self._place(frame.start, frame.end)
        node: Node
        if frame.tagged:
            node = ScalarNode(span, None, "")
        elif frame.entries is None:
            node = SequenceNode(span, tuple(frame.items), frame.flow)
        else:
            for merged in frame.merged:
                self._merge(frame, merged)
            node = MappingNode(span, tuple(frame.entries), frame.flow)
        # What it holds has been counted already: it counts for itself alone.
        self._add(node, frame.end, frame.size, frame.anchor, counted=True)

    def _add(self, node: Node, end: int, size: int, anchor: str | None, *, counted: bool = False) -> None:
        self._allowance.left -= 1 if counted else size
        if self._allowance.left < 0:
            self._findings.add(
                codes.FILE_TOO_LARGE, node.span, f"the file holds more than {self._allowance.values:,} values",
                help="split the spec, or move schemas into a file of their own",
            )  # fmt: skip
            raise Refused
        if anchor is not None:
            self._anchors[anchor] = (node, size, _depth(node))
        if not self._stack:
            self._root = node
            return
        frame = self._stack[-1]
        frame.size += size
        frame.end = max(frame.end, end)
        if frame.entries is None:
            frame.items.append(node)
        elif frame.key is None:
            frame.key = node
        else:
            key, frame.key = frame.key, None
            self._entry(frame, key, node)

    def _entry(self, frame: _Frame, key: Node, value: Node) -> None:
        assert frame.entries is not None  # noqa: S101 - only mappings have keys
        if not isinstance(key, ScalarNode):
            if isinstance(key, SequenceNode) and key.flow:
                self._findings.add(
                    codes.UNFILLED, key.span, "the key is still the template's placeholder", help="write the key here"
                )
            else:
                self._findings.add(
                    codes.WRONG_TYPE, key.span, "a key is a word, not a list or mapping", help="quote the key"
                )
            return
        if key.text == _MERGE and not key.quoted:
            frame.merged.append(value)
            return
        first = frame.keys.get(key.text)
        if first is not None:
            self._findings.add(
                codes.DUPLICATE_KEY, key.span, f"`{shorten(key.text)}` is given twice; the first one is read",
                help="keep one of the two", related=[Label(first.span, "first given here")],
            )  # fmt: skip
            return
        frame.keys[key.text] = key
        frame.entries.append(Entry(key, value))

    def _merge(self, frame: _Frame, merged: Node) -> None:
        assert frame.entries is not None  # noqa: S101 - only mappings have merge keys
        for source in merged.items if isinstance(merged, SequenceNode) else (merged,):
            if not isinstance(source, MappingNode):
                self._findings.add(
                    codes.WRONG_TYPE, source.span, "`<<` merges a mapping, or a list of mappings",
                    help="write `<<: *name` where `name` is the anchor of a mapping",
                )  # fmt: skip
                continue
            for entry in source.entries:
                if entry.key.text not in frame.keys:
                    frame.keys[entry.key.text] = entry.key
                    frame.entries.append(entry)

    def _refuse_tag(self, event: Any) -> bool:
        if event.tag is None:
            return False
        start = event.start_mark.index
        match = re.compile(r"(?:&\S+\s+)?(!\S*)").match(self._text, start)
        first, last = match.span(1) if match else (start, start + 1)
        self._findings.add(
            codes.YAML_TAG, self._place(first, last), f"the tag `{shorten(self._text[first:last])}` is refused",
            help="remove the tag; quote the value where it must be text",
        )  # fmt: skip
        return True

    def _after_properties(self, start: int, end: int) -> int:
        match = _PROPERTIES_RE.match(self._text, start)
        if match:
            return min(match.end(), end)
        return end if self._text[start : start + 1] in ("&", "!") else start

    def _too_deep(self, start: int) -> None:
        self._findings.add(
            codes.TOO_DEEP, self._place(start, min(start + 1, len(self._text))),
            f"values are nested deeper than {MAX_DEPTH} levels", help="flatten the block",
        )  # fmt: skip
        raise Refused


_TAKE: dict[type, Callable[[NodeReader, Any], None]] = {
    yaml.ScalarEvent: NodeReader.on_scalar, yaml.AliasEvent: NodeReader.on_alias,
    yaml.MappingStartEvent: NodeReader.on_open, yaml.SequenceStartEvent: NodeReader.on_open,
    yaml.MappingEndEvent: NodeReader.on_close, yaml.SequenceEndEvent: NodeReader.on_close,
}  # fmt: skip


def place_by_line(text: str, span_at: Callable[[int, int, int, int], SourceSpan]) -> Place:
    """Return a `Place` for `text` by `span_at(line, column, end_line, end_column)`, all 0-based within `text`."""
    starts = [0]
    position = text.find("\n")
    while position >= 0:
        starts.append(position + 1)
        position = text.find("\n", position + 1)

    def place(start: int, end: int) -> SourceSpan:
        first = bisect_right(starts, start) - 1
        last = first if end == start else bisect_right(starts, end) - 1
        return span_at(first, start - starts[first], last, end - starts[last])

    return place


def shorten(text: str, most: int = 60) -> str:
    """Return text as it fits into a message: one line, at most `most` characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _depth(node: Node) -> int:
    """Return how many collections are nested in a node; nodes are shared, so each is looked at once."""
    known: dict[int, int] = {}

    def depth(current: Node) -> int:
        if isinstance(current, ScalarNode):
            return 0
        if id(current) not in known:
            children = current.items if isinstance(current, SequenceNode) else (e.value for e in current.entries)
            known[id(current)] = 1 + max((depth(child) for child in children), default=0)
        return known[id(current)]

    return depth(node)
