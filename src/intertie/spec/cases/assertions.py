"""The language of assertions: comparisons of what a call gave with what it should have given.

    assertion  = both ("or" both)*
    both       = one ("and" one)*
    one        = "not" one | "(" assertion ")" | operand [operator operand]
    operator   = "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not in"
    operand    = path | number | duration | percent | text | list | true | false | null
               | name "(" path ")" | "{{" name "}}"

Numbers are exact decimals. A path is names with dots and positions, such as `data.items[0].price`.

>>> [compared.left.text for compared in parse_assertion("status == 200 and 'retry' in events").comparisons]
['status', "'retry'"]
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import NoReturn

from msgspec import Struct
from msgspec.structs import replace

from intertie.core.units import parse_duration_s

LONGEST = 2_000
"""Characters of one assertion."""
_DEEPEST = 40
OPERATORS = ("==", "!=", "<=", ">=", "<", ">")
_SAID_OTHERWISE = {
    "===": "==", "!==": "!=", "=": "==", "<>": "!=", "=<": "<=", "=>": ">=", "&&": "and", "||": "or", "!": "not",
    "&": "and", "|": "or", "=~": "==",
}  # fmt: skip
_WORDS_OTHERWISE = {
    "is": "==", "equals": "==", "eq": "==", "ne": "!=", "gt": ">", "lt": "<", "gte": ">=", "lte": "<=",
    "contains": "in",
}  # fmt: skip
_CONSTANTS: dict[str, object] = {"true": True, "false": False, "null": None}
_CONSTANTS_OTHERWISE = {
    "True": "true", "False": "false", "None": "null", "nil": "null", "undefined": "null", "TRUE": "true",
    "FALSE": "false", "NULL": "null", "AND": "and", "OR": "or", "NOT": "not", "IN": "in",
}  # fmt: skip
_TOKEN_RE = re.compile(
    r"""\s*(?:
      (?P<variable>\{\{\s*[A-Za-z_][\w.-]*\s*\}\})
    | (?P<text>'[^']*'|"[^"]*")
    | (?P<number>-?(?:\d+(?:\.\d+)?|\.\d+))(?P<unit>%|\s?[A-Za-zµ]+\b)?
    | (?P<operator>===|!==|==|!=|<=|>=|<>|=<|=>|=~|&&|\|\||[<>=!&|])
    | (?P<word>[A-Za-z_]\w*(?:-\w+)*)
    | (?P<mark>[()\[\],.*])
    )""",
    re.VERBOSE,
)


class AssertionSyntaxError(ValueError):
    """An assertion can't be read.

    Attributes:
        start, end: Offsets of the part that is wrong.
        help: What to write.
        instead: Text for that part, where it is certain.
    """

    def __init__(self, message: str, start: int, end: int, help_: str, instead: str | None = None) -> None:
        super().__init__(message)
        self.start = start
        self.end = end
        self.help = help_
        self.instead = instead


class Operand(Struct, frozen=True):
    """One side of a comparison.

    Attributes:
        kind: `path`, `call`, `variable`, `list`, `text`, `number`, `duration` (in seconds), `percent` (of 1), `boolean`
            or `null`.
        text: As written.
        start, end: Offsets in the assertion.
        value: Of a constant; the function's name of a call, the name of a variable.
        steps: Names of a path; positions are left out.
        items: Of a list, or the argument of a call.
    """

    kind: str
    text: str
    start: int
    end: int
    value: object = None
    steps: tuple[str, ...] = ()
    items: tuple[Operand, ...] = ()

    @property
    def is_constant(self) -> bool:
        """Whether its value is written there."""
        return self.kind in ("text", "number", "duration", "percent", "boolean", "null")


class Comparison(Struct, frozen=True):
    """Two operands, or one that is true or false by itself: then `operator` is empty and `right` None.

    Attributes:
        must_hold: The whole assertion fails where this does not hold: it stands neither under `or` nor under `not`.
    """

    left: Operand
    operator: str
    right: Operand | None
    must_hold: bool


class Assertion(Struct, frozen=True):
    """An assertion that can be read."""

    comparisons: tuple[Comparison, ...]


@lru_cache(maxsize=2_048)
def parse_assertion(text: str) -> Assertion:
    """Return what an assertion compares.

    Raises:
        AssertionSyntaxError: It can't be read.
    """
    if len(text) > LONGEST:
        raise AssertionSyntaxError(
            f"an assertion has at most {LONGEST:,} characters", 0, 1, "split it: each line of the list is one assertion"
        )
    return Assertion(tuple(_Parser(text).whole()))


class _Token(Struct, frozen=True):
    kind: str
    text: str
    start: int
    end: int
    unit: str = ""


class _Parser:
    """Reads one assertion, from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(self._split())
        self._at = 0
        self._depth = 0

    def whole(self) -> list[Comparison]:
        if not self._tokens:
            raise AssertionSyntaxError(
                "an assertion is empty", 0, len(self._text), "write `status == 200`, or remove it"
            )
        found = self._either(must_hold=True)
        if self._at < len(self._tokens):
            self._unexpected(self._tokens[self._at])
        return found

    # --- tokens -------------------------------------------------------------------------------------------------------

    def _split(self) -> list[_Token]:
        found: list[_Token] = []
        text, at = self._text, 0
        end = len(text.rstrip())
        while at < end:
            match = _TOKEN_RE.match(text, at)
            if match is None:
                self._unreadable(at + len(text[at:]) - len(text[at:].lstrip()))
            kind = str(match.lastgroup)
            start, at = match.end() - len(match.group().lstrip()), match.end()
            if kind == "unit":
                kind, at = "number", self._with_unit(match)
            unit = text[match.end("number") : at].strip() if kind == "number" else ""
            found.append(_Token(kind, text[start:at], start, at, unit))
        return found

    def _with_unit(self, match: re.Match[str]) -> int:
        """Return where a number ends: behind its unit, or before a word that is none."""
        unit = match["unit"].strip()
        if unit == "%" or parse_duration_s(f"{match['number']}{unit}", bare_unit="s") is not None:
            return match.end()
        if match["unit"][0].isspace():
            return match.end("number")
        start, end = match.end("number"), match.end()
        raise AssertionSyntaxError(
            f"`{unit}` is not a unit", start, end, "durations end in ms, s, m, h or d; shares in %"
        )

    def _unreadable(self, at: int) -> NoReturn:
        char = self._text[at]
        if char in "'\"":
            raise AssertionSyntaxError("a quote that opens here is never closed", at, len(self._text), "close it")
        if self._text.startswith("{", at):
            raise AssertionSyntaxError(
                "this can't be read as a value of the case",
                at,
                len(self._text),
                "a value of the case is written `{{ name }}`",
            )
        if char in "+-/%":
            raise AssertionSyntaxError(f"assertions don't calculate: `{char}`", at, at + 1, "write the result")
        raise AssertionSyntaxError(f"`{char}` can't stand here", at, at + 1, "put text into single quotes")

    # --- grammar ------------------------------------------------------------------------------------------------------

    def _either(self, *, must_hold: bool) -> list[Comparison]:
        self._deeper()
        found = self._both(must_hold=must_hold)
        if self._is_word("or"):
            found = [replace(each, must_hold=False) for each in found]
            while self._is_word("or"):
                self._at += 1
                found += self._both(must_hold=False)
        self._depth -= 1
        return found

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            token = self._tokens[self._at - 1]
            raise AssertionSyntaxError(f"nested deeper than {_DEEPEST} levels", token.start, token.end, "split it")

    def _both(self, *, must_hold: bool) -> list[Comparison]:
        found = self._one(must_hold=must_hold)
        while self._is_word("and"):
            self._at += 1
            found += self._one(must_hold=must_hold)
        return found

    def _one(self, *, must_hold: bool) -> list[Comparison]:
        denied = 0
        while self._is_word("not"):
            self._at += 1
            denied += 1
        must_hold = must_hold and not denied
        token = self._peek()
        if token is not None and token.text == "(":
            self._at += 1
            found = self._either(must_hold=must_hold)
            self._close(token, ")")
            return found
        left = self._operand()
        operator = self._operator()
        if operator is None:
            return [Comparison(left, "", None, must_hold)]
        right = self._operand()
        following = self._peek()
        if following is not None and following.kind == "operator" and following.text in OPERATORS:
            raise AssertionSyntaxError(
                "two comparisons in one", following.start, following.end,
                f"write `{left.text} {operator} {right.text} and {right.text} {following.text} …`",
            )  # fmt: skip
        return [Comparison(left, operator, right, must_hold)]

    def _operator(self) -> str | None:
        token = self._peek()
        if token is None:
            return None
        if token.kind == "operator":
            if token.text in _SAID_OTHERWISE:
                said = _SAID_OTHERWISE[token.text]
                raise AssertionSyntaxError(
                    f"`{token.text}` is not a comparison", token.start, token.end, f"write `{said}`",
                    said if token.text != "=~" else None,
                )  # fmt: skip
            self._at += 1
            return token.text
        if token.text == "in" and token.kind == "word":
            self._at += 1
            return "in"
        if token.text == "not" and token.kind == "word" and self._word_at(self._at + 1) == "in":
            self._at += 2
            return "not in"
        if token.kind == "word" and token.text in _WORDS_OTHERWISE:
            said = _WORDS_OTHERWISE[token.text]
            hint = "write `'text' in path`" if token.text == "contains" else f"write `{said}`"
            sure = said if token.text != "contains" and self._word_at(self._at + 1) != "not" else None
            raise AssertionSyntaxError(f"`{token.text}` is not a comparison", token.start, token.end, hint, sure)
        return None

    def _operand(self) -> Operand:
        token = self._peek()
        if token is None:
            end = len(self._text)
            raise AssertionSyntaxError(
                "it ends where a value should follow", max(end - 1, 0), end, "complete it, such as `status == 200`"
            )
        self._at += 1
        match token.kind:
            case "text":
                return Operand("text", token.text, token.start, token.end, token.text[1:-1])
            case "number":
                return _number(token)
            case "variable":
                return Operand("variable", token.text, token.start, token.end, token.text[2:-2].strip())
            case "word":
                return self._named(token)
            case _ if token.text == "[":
                return self._list(token)
            case _:
                self._at -= 1
                return self._unexpected(token)

    def _named(self, token: _Token) -> Operand:
        if token.text in _CONSTANTS:
            kind = "null" if token.text == "null" else "boolean"
            return Operand(kind, token.text, token.start, token.end, _CONSTANTS[token.text])
        if token.text in _CONSTANTS_OTHERWISE:
            said = _CONSTANTS_OTHERWISE[token.text]
            raise AssertionSyntaxError(
                f"`{token.text}` is written `{said}`", token.start, token.end, f"write `{said}`", said
            )
        if token.text in ("and", "or", "in", "not"):
            self._at -= 1
            self._unexpected(token)
        following = self._peek()
        if following is not None and following.text == "(" and following.start == token.end:
            return self._call(token)
        return self._path(token)

    def _call(self, token: _Token) -> Operand:
        opening = self._tokens[self._at]
        self._at += 1
        self._deeper()
        argument = self._operand()
        end = self._close(opening, ")")
        self._depth -= 1
        return Operand(
            "call", self._text[token.start : end], token.start, end, value=token.text, items=(argument,)
        )  # fmt: skip

    def _path(self, token: _Token) -> Operand:
        steps, end = [token.text], token.end
        while (following := self._peek()) is not None and following.start == end:
            if following.text == ".":
                self._at += 1
                name = self._peek()
                if name is None or name.kind != "word" or name.start != following.end:
                    raise AssertionSyntaxError(
                        "a path ends in a dot", following.start, following.end, "name the field behind it"
                    )
                self._at += 1
                steps.append(name.text)
                end = name.end
            elif following.text == "[":
                self._at += 1
                inner = self._peek()
                if inner is not None and (inner.kind in ("number", "text") or inner.text == "*"):
                    self._at += 1
                    if inner.kind == "text":
                        steps.append(inner.text[1:-1])
                end = self._close(following, "]")
            else:
                break
        return Operand("path", self._text[token.start : end], token.start, end, steps=tuple(steps))

    def _list(self, opening: _Token) -> Operand:
        self._deeper()
        items: list[Operand] = []
        while (token := self._peek()) is not None and token.text != "]":
            items.append(self._operand())
            following = self._peek()
            if following is None or following.text != ",":
                break
            self._at += 1
        end = self._close(opening, "]")
        self._depth -= 1
        return Operand("list", self._text[opening.start : end], opening.start, end, items=tuple(items))

    def _close(self, opening: _Token, mark: str) -> int:
        token = self._peek()
        if token is None:
            raise AssertionSyntaxError(
                f"`{opening.text}` is never closed", opening.start, opening.end, f"close it by `{mark}`"
            )
        if token.text != mark:
            self._unexpected(token)
        self._at += 1
        return token.end

    def _unexpected(self, token: _Token) -> NoReturn:
        if token.kind == "word" and token.text in _CONSTANTS_OTHERWISE:
            said = _CONSTANTS_OTHERWISE[token.text]
            raise AssertionSyntaxError(
                f"`{token.text}` is written `{said}`", token.start, token.end, f"write `{said}`", said
            )
        if token.kind == "operator" and token.text in _SAID_OTHERWISE:
            said = _SAID_OTHERWISE[token.text]
            raise AssertionSyntaxError(
                f"`{token.text}` is written `{said}`", token.start, token.end, f"write `{said}`", said
            )
        before = self._tokens[self._at - 1] if self._at else None
        if before is not None and before.kind == "word" and token.kind in ("word", "number", "text"):
            hint = "compare with `==`, and put text into single quotes, such as `data.state == 'paid'`"
        elif token.text in OPERATORS:
            hint = "a comparison has a value on both sides, such as `status == 200`"
        else:
            hint = "comparisons are joined by `and` and `or`, such as `status == 200 and attempts == 1`"
        raise AssertionSyntaxError(f"`{token.text}` can't stand here", token.start, token.end, hint)

    def _peek(self) -> _Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _word_at(self, at: int) -> str:
        return self._tokens[at].text if at < len(self._tokens) and self._tokens[at].kind == "word" else ""

    def _is_word(self, word: str) -> bool:
        return self._word_at(self._at) == word


def _number(token: _Token) -> Operand:
    if token.unit == "%":
        return Operand("percent", token.text, token.start, token.end, Decimal(token.text[:-1]) / 100)
    if token.unit:
        return Operand("duration", token.text, token.start, token.end, parse_duration_s(token.text, bare_unit="s"))
    return Operand("number", token.text, token.start, token.end, Decimal(token.text))
