"""The written form of transforms: `trim | split(",") | first`, read into names and arguments with their places.

    chain    = call *( "|" call )
    call     = name [ "(" [ argument *( "," argument ) ] ")" ]
    argument = [ name "=" ] value
    value    = "text" / 'text' / number / true / false / null / { key: value, … } / [ value, … ] / bare

A bare word is a path into the source object, or what the transform's parameter takes it for (a currency code, a time
zone, the name of a member). Inside `{ }` and `[ ]` bare words are texts.
"""

from __future__ import annotations

import re
from decimal import Decimal

from msgspec import Struct

from intertie.runtime.mapping.errors import MappingSyntaxError

_NAME_RE = re.compile(r"[A-Za-z_]\w*")
_SPACE_RE = re.compile(r"\s*")
_NUMBER_RE = re.compile(r"[+-]?(?:\d[\d_]*)(?:\.\d+)?(?:[eE][+-]?\d{1,3})?(?![\w.])")
_KEYWORD_RE = re.compile(r"([A-Za-z_]\w*)\s*=(?!=)\s*")
_STRING_RE = re.compile(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\'', re.DOTALL)
_ESCAPE_RE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_CONSTANTS: dict[str, object] = {"true": True, "false": False, "null": None}
_DEEPEST = 20


class NotACallError(MappingSyntaxError):
    """The text is no chain of calls at all; it may be an expression."""


class Bare(Struct, frozen=True):
    """A bare word in an argument."""

    text: str
    offset: int


class ArgumentSyntax(Struct, frozen=True):
    """One argument: a literal value or a `Bare` word."""

    keyword: str | None
    value: object
    offset: int


class CallSyntax(Struct, frozen=True):
    """One call of a chain."""

    name: str
    arguments: tuple[ArgumentSyntax, ...]
    offset: int


def read_chain(text: str) -> list[CallSyntax]:
    """Return the calls of a chain.

    >>> [call.name for call in read_chain('trim | split(",")')]
    ['trim', 'split']

    Raises:
        NotACallError: The text does not have the form of a call, so that it may be an expression.
        MappingSyntaxError: A call is written wrongly.
    """
    return _Reader(text).chain()


class _Reader:
    """Reads from left to right; `at` is the offset of the next character."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def chain(self) -> list[CallSyntax]:
        calls = [self.call()]
        while True:
            self.space()
            if self.at >= len(self.text):
                return calls
            if self.text[self.at] != "|" or self.text.startswith("||", self.at):
                raise NotACallError(f"expected `|` or the end, found `{self.text[self.at]}`", self.at)
            self.at += 1
            calls.append(self.call())

    def call(self) -> CallSyntax:
        self.space()
        start = self.at
        match = _NAME_RE.match(self.text, start)
        if not match:
            raise NotACallError("expected the name of a transform", start)
        self.at = match.end()
        self.space()
        arguments: list[ArgumentSyntax] = []
        if self.peek() == "(":
            self.at += 1
            while not self.taken(")"):
                if arguments:
                    self.expect(",", "arguments are separated by `,` and end with `)`")
                arguments.append(self.argument())
        return CallSyntax(match.group(), tuple(arguments), start)

    def argument(self) -> ArgumentSyntax:
        self.space()
        start = self.at
        keyword = None
        if match := _KEYWORD_RE.match(self.text, start):
            keyword, self.at = match.group(1), match.end()
        return ArgumentSyntax(keyword, self.value(",)", literal=False, depth=0), start)

    def value(self, ends: str, *, literal: bool, depth: int) -> object:
        self.space()
        if depth > _DEEPEST:
            raise MappingSyntaxError("the argument is nested too deeply", self.at)
        character = self.peek()
        if character in ('"', "'"):
            # A quoted key may also start a path (`"odd.key".name`): then it is a bare word.
            match = _STRING_RE.match(self.text, self.at)
            if not match:
                raise MappingSyntaxError("the quoted text is not closed", self.at)
            after = self.text[match.end() : match.end() + 1]
            if literal or after not in (".", "["):
                self.at = match.end()
                return unquoted(match)
        if character == "{":
            return self.map(depth)
        if character == "[" and not self.text.startswith("[]", self.at):
            return self.list(depth)
        if match := _NUMBER_RE.match(self.text, self.at):
            self.at = match.end()
            digits = match.group().replace("_", "")
            return int(digits) if digits.lstrip("+-").isdigit() else Decimal(digits)
        return self.bare(ends, literal=literal)

    def bare(self, ends: str, *, literal: bool) -> object:
        start, depth = self.at, 0
        while self.at < len(self.text):
            character = self.text[self.at]
            if character in ('"', "'") and (match := _STRING_RE.match(self.text, self.at)):
                self.at = match.end()
                continue
            if depth == 0 and character in ends:
                break
            depth += (character in "([") - (character in ")]")
            self.at += 1
        word = self.text[start : self.at].strip()
        if not word:
            raise MappingSyntaxError("an argument is missing here", start)
        if word in _CONSTANTS:
            return _CONSTANTS[word]
        return word if literal else Bare(word, start)

    def map(self, depth: int) -> dict[str, object]:
        self.at += 1
        members: dict[str, object] = {}
        while not self.taken("}"):
            if members:
                self.expect(",", "the members of a map are separated by `,` and end with `}`")
                if self.taken("}"):
                    break
            start = self.at
            key = self.value(":,}", literal=True, depth=depth + 1)
            name = written(key)
            if name in members:
                raise MappingSyntaxError(f"the key `{name}` is there twice", start)
            self.expect(":", "a member of a map is written `key: value`")
            members[name] = self.value(",}", literal=True, depth=depth + 1)
        return members

    def list(self, depth: int) -> list[object]:
        self.at += 1
        elements: list[object] = []
        while not self.taken("]"):
            if elements:
                self.expect(",", "the elements of a list are separated by `,` and end with `]`")
            elements.append(self.value(",]", literal=True, depth=depth + 1))
        return elements

    def space(self) -> None:
        match = _SPACE_RE.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def taken(self, character: str) -> bool:
        self.space()
        if self.peek() == character:
            self.at += 1
            return True
        if self.at >= len(self.text):
            raise MappingSyntaxError(f"`{character}` is missing at the end", len(self.text))
        return False

    def expect(self, character: str, rule: str) -> None:
        if not self.taken(character):
            raise MappingSyntaxError(rule, self.at)


def unquoted(match: re.Match[str]) -> str:
    """Return the text between the quotes, escapes resolved."""
    inner = match.group(1) if match.group(1) is not None else match.group(2)
    return _ESCAPE_RE.sub(lambda escape: _ESCAPES.get(escape.group(1), escape.group(1)), inner)


def written(value: object) -> str:
    """Return a scalar as the text it is written as: `true`, `null`, `1`, `a`.

    >>> written(True), written(None), written(1), written("a")
    ('true', 'null', '1', 'a')
    """
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return {True: "true", False: "false", None: "null"}[value]
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
