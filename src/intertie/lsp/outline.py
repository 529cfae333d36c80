"""Where a place is in YAML that may be half typed: read line by line from the indentation, never refused.

The parser needs whole YAML and leaves out a line it can't read; the line under the cursor is mostly such a line. This
reader knows keys, list items, `[…]` and `{…}` over several lines, block scalars and comments; the rest is text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct, field

ITEM = "[]"
"""The step of a path that goes into a list."""

_KEY_RE = re.compile(r"""("[^"]*"[ \t]*|'[^']*'[ \t]*|[^\s"'#{}\[\],&*!|>%@`-][^:#]*|-[^\s:#][^:#]*):(?=\s|\Z)""")
_COMMENT_RE = re.compile(r"(?:^|\s)#")
_PLAIN_STOP = frozenset(",{}[]")


class Role(StrEnum):
    """What stands at a place."""

    KEY = "key"
    VALUE = "value"
    OPEN = "open"
    """Nothing that decides: a key that has no colon yet, an item of a list, or an empty line."""
    COMMENT = "comment"


class Spot(Struct, frozen=True):
    """A place in YAML.

    Attributes:
        path: For a value the way to it, its key included; else the way to the mapping or list that the place is in.
        token: The text that is written there, whole.
        column, end_column: Where the token stands on its line, 1-based, the end one past it.
        siblings: Keys of the mapping that the place is in.
        key: The key whose value it is, empty for others.
        flow: It is inside `{…}` or `[…]`.
    """

    path: tuple[str, ...]
    role: Role
    token: str
    column: int
    end_column: int
    siblings: frozenset[str] = frozenset()
    key: str = ""
    flow: bool = False


class _Frame(Struct):
    """A key or list item that later lines may be inside of; `column` is 1-based."""

    column: int
    step: str
    inside: int
    """The number of the mapping that it holds."""


class _Flow(Struct):
    """An open `{` or `[`."""

    mapping: bool
    inside: int
    key: str | None = None


class _Seen(Struct, frozen=True):
    """A key that stands in mapping number `inside`."""

    inside: int
    key: str


class _State(Struct):
    frames: list[_Frame] = field(default_factory=list)
    flows: list[_Flow] = field(default_factory=list)
    seen: list[_Seen] = field(default_factory=list)
    flow_column: int = 0
    scalar_column: int = 0
    """Column of the key whose block scalar is being passed over, 0 where none is."""
    mappings: int = 0


def spot_at(lines: Sequence[str], line: int, column: int) -> Spot:
    """Return what stands at a place of a YAML text.

    Args:
        lines: Of the text alone.
        line: 1-based within it.
        column: 1-based.

    >>> spot_at(["retry:", "  max_at"], 2, 9).path
    ('retry',)
    >>> spot_at(["retry:", "  backoff: lin"], 2, 15).path
    ('retry', 'backoff')
    """
    return _Reader(lines, line, column).read()


class _Reader:
    def __init__(self, lines: Sequence[str], line: int, column: int) -> None:
        self._lines = lines
        self._line = line
        self._column = column
        self._state = _State()
        self._spot: Spot | None = None
        self._spot_inside = 0

    def read(self) -> Spot:
        for number, text in enumerate(self._lines, start=1):
            self._take(text, cursor=self._column if number == self._line else None)
        spot = self._spot or Spot((), Role.OPEN, "", self._column, self._column)
        siblings = frozenset(seen.key for seen in self._state.seen if seen.inside == self._spot_inside)
        return Spot(spot.path, spot.role, spot.token, spot.column, spot.end_column, siblings, spot.key, spot.flow)

    def _take(self, text: str, cursor: int | None) -> None:
        state = self._state
        stripped = text.strip()
        indent = len(text) - len(text.lstrip())
        if state.scalar_column:
            if not stripped or indent + 1 > state.scalar_column:
                if cursor is not None and stripped:
                    self._found(self._path(), Role.VALUE, text, indent + 1, len(text) + 1, inside=-1)
                    return
                if cursor is None:
                    return
            state.scalar_column = 0
        if state.flows:
            if not stripped or indent + 1 > state.flow_column or stripped[0] in "]}":
                self._flow(text, 1, cursor)
                return
            # A bracket that is not closed ends where the indentation does.
            state.flows.clear()
        if stripped.startswith("#") and cursor is not None and cursor > indent + 1:
            self._found((), Role.COMMENT, "", cursor, cursor, inside=-1)
            return
        if not stripped or stripped.startswith("#"):
            if cursor is not None:
                # A blank line belongs to what the cursor's column makes it part of.
                self._pop(cursor)
                self._found(self._path(), Role.OPEN, "", cursor, cursor)
            return
        self._block_line(text, indent + 1, cursor)

    def _block_line(self, text: str, column: int, cursor: int | None) -> None:
        """Take a line in block style from its first character on."""
        while text[column - 1 : column] == "-" and (text[column : column + 1] in (" ", "")):
            self._pop_items(column)
            self._push(column, ITEM)
            rest = text[column:]
            column += 1 + len(rest) - len(rest.lstrip()) if rest.strip() else 1 + len(rest)
            if cursor is not None and cursor <= column and not rest.strip():
                self._found(self._path(), Role.OPEN, "", cursor, cursor)
                return
        match = _KEY_RE.match(text, column - 1)
        if match is None:
            self._text(text, column, cursor)
            return
        self._pop(column)
        written = match.group(1).rstrip()
        key = written.strip("'\"")
        self._state.seen.append(_Seen(self._inside(), key))
        colon = match.end()
        if cursor is not None and cursor <= colon:
            self._found(self._path(), Role.KEY, written, column, column + len(written))
        inside = self._inside()
        self._push(column, key)
        self._value(text, colon + 1, column, cursor, inside)

    def _value(self, text: str, start: int, key_column: int, cursor: int | None, inside: int) -> None:
        """Take what stands after a key's colon, from column `start` on."""
        rest = text[start - 1 :]
        first = start + len(rest) - len(rest.lstrip())
        value = _without_comment(rest.strip())
        if value[:1] in ("{", "["):
            self._state.flow_column = key_column
            self._flow(text, first, cursor if cursor is not None and cursor > first else None)
        elif value[:1] in ("|", ">"):
            self._state.scalar_column = key_column
        if cursor is None or cursor < start or self._spot is not None:
            return
        if cursor > first + len(value) and "#" in text[first + len(value) - 1 : cursor - 1]:
            self._found((), Role.COMMENT, "", cursor, cursor, inside=-1)
            return
        if not value:
            first = cursor
        self._found(self._path(), Role.VALUE, value, first, first + len(value), inside=inside)

    def _text(self, text: str, column: int, cursor: int | None) -> None:
        """Take a line that has no key: a half-typed one, or an item of a list."""
        token = _without_comment(text[column - 1 :].rstrip())
        if token[:1] in ("{", "["):
            self._pop(column)
            self._state.flow_column = self._state.frames[-1].column if self._state.frames else 1
            self._flow(text, column, cursor)
        if cursor is not None and self._spot is None:
            if cursor < column:
                self._pop(cursor)
                self._found(self._path(), Role.OPEN, "", cursor, cursor)
                return
            self._pop(column)
            self._found(self._path(), Role.OPEN, token, column, column + len(token))

    def _flow(self, text: str, column: int, cursor: int | None) -> None:
        """Take flow style from `column` to the end of the line, or to where its last bracket closes."""
        state = self._state
        at = column
        token_first = at
        while at <= len(text):
            char = text[at - 1]
            if cursor is not None and at >= cursor and self._spot is None and state.flows:
                self._flow_spot(text, token_first)
            if char in "\"'":
                closing = text.find(char, at)
                at = closing + 2 if closing >= 0 else len(text) + 1
                if cursor is not None and cursor < at and self._spot is None:
                    self._flow_spot(text, token_first)
                continue
            if char == "#" and (at == 1 or text[at - 2].isspace()):
                break
            if char in "{[":
                state.mappings += 1
                state.flows.append(_Flow(char == "{", state.mappings))
            elif char in "}]":
                if state.flows:
                    state.flows.pop()
                if not state.flows:
                    return
            elif char == ",":
                state.flows[-1].key = None
            elif char == ":" and state.flows[-1].mapping and text[at : at + 1] in (" ", "", "}", ","):
                key = text[token_first - 1 : at - 1].strip().strip("'\"")
                state.flows[-1].key = key
                state.seen.append(_Seen(state.flows[-1].inside, key))
            else:
                at += 1
                continue
            at += 1
            token_first = at
        if cursor is not None and self._spot is None and state.flows:
            self._flow_spot(text, token_first)

    def _flow_spot(self, text: str, first: int) -> None:
        """Note the cursor inside flow style; `first` is the column after the last mark before it."""
        flow = self._state.flows[-1]
        end = first
        while end <= len(text) and text[end - 1] not in _PLAIN_STOP:
            if text[end - 1] == ":" and text[end : end + 1] in (" ", ""):
                break
            if text[end - 1] in "\"'":
                closing = text.find(text[end - 1], end)
                end = closing + 1 if closing >= 0 else len(text)
            end += 1
        token = text[first - 1 : end - 1]
        start = first + len(token) - len(token.lstrip())
        stripped = token.strip()
        if not stripped:
            start = min(max(self._column, first), first + len(token))
        if flow.mapping:
            is_key = flow.key is None
            role = Role.VALUE if not is_key else Role.KEY if text[end - 1 : end] == ":" else Role.OPEN
        else:
            role = Role.OPEN
        self._found(self._path(), role, stripped, start, start + len(stripped), inside=flow.inside)

    def _found(
        self, path: tuple[str, ...], role: Role, token: str, column: int, end_column: int, inside: int | None = None
    ) -> None:
        if self._spot is None:
            key = path[-1] if role is Role.VALUE and path else ""
            self._spot = Spot(path, role, token, column, end_column, key=key, flow=bool(self._state.flows))
            self._spot_inside = self._inside() if inside is None else inside

    # Frames

    def _path(self) -> tuple[str, ...]:
        path = [frame.step for frame in self._state.frames]
        for flow in self._state.flows:
            if not flow.mapping:
                path.append(ITEM)
            elif flow.key is not None:
                path.append(flow.key)
        return tuple(path)

    def _inside(self) -> int:
        return self._state.frames[-1].inside if self._state.frames else 0

    def _push(self, column: int, step: str) -> None:
        self._state.mappings += 1
        self._state.frames.append(_Frame(column, step, self._state.mappings))

    def _pop(self, column: int) -> None:
        while self._state.frames and self._state.frames[-1].column >= column:
            self._state.frames.pop()

    def _pop_items(self, column: int) -> None:
        """Leave what a list item at `column` is not inside of; a key at the same column may hold the list."""
        frames = self._state.frames
        while frames and (frames[-1].column > column or (frames[-1].column == column and frames[-1].step == ITEM)):
            frames.pop()


def _without_comment(text: str) -> str:
    if text[:1] in ("'", '"'):
        closing = text.find(text[0], 1)
        return text[: closing + 1] if closing > 0 else text
    match = _COMMENT_RE.search(text)
    return text[: match.start()].rstrip() if match else text
