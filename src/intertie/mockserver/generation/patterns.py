"""Texts that match a regular expression.

Reads the common core of ECMA 262: literals, classes, groups, alternation, quantifiers, anchors. What it can't
generate from (look-around, back references) it skips; the caller verifies the result with the schema's validator.
"""

from __future__ import annotations

from msgspec import Struct, field

from intertie.mockserver.generation.draws import DIGITS, LOWER, UPPER, Draws

_WORD = LOWER + UPPER + DIGITS + "_"
_ANY = LOWER + UPPER + DIGITS
_PRINTABLE = "".join(chr(code) for code in range(0x20, 0x7F))
_CLASSES = {"d": DIGITS, "w": _WORD, "s": " "}
_CONTROL = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}
_LONGEST_REPEAT = 4096


class UnsupportedPattern(ValueError):  # noqa: N818  # says what the pattern is
    """The pattern is not one this generator can read."""


class _Letters(Struct, frozen=True):
    """One character out of an alphabet."""

    alphabet: str


class _Choice(Struct, frozen=True):
    """One of several sequences; each is a list of (node, fewest, most or None)."""

    branches: tuple[tuple[tuple[_Letters | _Choice, int, int | None], ...], ...] = field(default=((),))


def matching(pattern: str, draws: Draws, *, extra: int = 3) -> str:
    """Return a text that the pattern should match.

    Args:
        pattern: An ECMA 262 regular expression; anchored or not.
        draws: Where choices come from.
        extra: Most repetitions beyond the fewest where a quantifier has no end.

    Raises:
        UnsupportedPattern: The pattern is broken or uses more than the common core.

    >>> matching("^[a-c]{3}-[0-9]$", Draws.keyed("k"))[3]
    '-'
    """
    reader = _Reader(pattern)
    tree = reader.alternation()
    if reader.at < len(pattern):
        raise UnsupportedPattern(f"`{pattern[reader.at]}` has no opening")
    out: list[str] = []
    _generate(tree, draws, extra, out)
    return "".join(out)


def _generate(node: _Letters | _Choice, draws: Draws, extra: int, out: list[str]) -> None:
    if isinstance(node, _Letters):
        out.append(draws.choice(node.alphabet))
        return
    for part, fewest, most in draws.choice(node.branches):
        ceiling = fewest + extra if most is None else min(most, fewest + max(extra, 3))
        for _ in range(draws.integer(fewest, max(fewest, ceiling))):
            _generate(part, draws, extra, out)


class _Reader:
    """A recursive descent reader over one pattern."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    def alternation(self) -> _Choice:
        branches = [self._sequence()]
        while self._take("|"):
            branches.append(self._sequence())
        return _Choice(tuple(tuple(branch) for branch in branches))

    def _sequence(self) -> list[tuple[_Letters | _Choice, int, int | None]]:
        parts: list[tuple[_Letters | _Choice, int, int | None]] = []
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            node = self._atom()
            fewest, most = self._quantifier()
            if node is not None:
                parts.append((node, fewest, most))
        return parts

    def _atom(self) -> _Letters | _Choice | None:
        letter = self.pattern[self.at]
        self.at += 1
        if letter in "^$":
            return None
        if letter == ".":
            return _Letters(_ANY)
        if letter == "[":
            return _Letters(self._bracket())
        if letter == "(":
            return self._group()
        if letter == "\\":
            return self._escape()
        if letter in "*+?":
            raise UnsupportedPattern(f"`{letter}` repeats nothing")
        return _Letters(letter)

    def _group(self) -> _Choice | None:
        skipped = False
        if self._take("?"):
            if self._take("<"):
                skipped = self._take("=") or self._take("!")
                if not skipped:
                    end = self.pattern.find(">", self.at)
                    if end < 0:
                        raise UnsupportedPattern("a group's name has no end")
                    self.at = end + 1
            elif not self._take(":"):
                skipped = self._take("=") or self._take("!")
                if not skipped:
                    raise UnsupportedPattern("unknown kind of group")
        inner = self.alternation()
        if not self._take(")"):
            raise UnsupportedPattern("a group has no end")
        return None if skipped else inner

    def _escape(self) -> _Letters | None:
        if self.at >= len(self.pattern):
            raise UnsupportedPattern("a backslash ends the pattern")
        letter = self.pattern[self.at]
        self.at += 1
        if letter in "bB":
            return None
        if letter in "123456789":
            raise UnsupportedPattern("back references")
        return _Letters(self._escaped_set(letter))

    def _escaped_set(self, letter: str) -> str:
        if letter in _CLASSES:
            return _CLASSES[letter]
        if letter.lower() in _CLASSES:
            return "".join(c for c in _PRINTABLE if c not in _CLASSES[letter.lower()])
        if letter in _CONTROL:
            return _CONTROL[letter]
        if letter in "xu":
            return self._code_point(2 if letter == "x" else 4)
        if letter in "pP":
            return self._property(negated=letter == "P")
        return letter

    def _code_point(self, digits: int) -> str:
        text = self.pattern[self.at : self.at + digits]
        try:
            code = int(text, 16)
        except ValueError:
            raise UnsupportedPattern("a code point is not hexadecimal") from None
        self.at += digits
        return chr(code)

    def _property(self, *, negated: bool) -> str:
        end = self.pattern.find("}", self.at)
        if not self._take("{") or end < 0:
            raise UnsupportedPattern("a character property has no name")
        name = self.pattern[self.at : end]
        self.at = end + 1
        letters = {
            "Lu": UPPER,
            "Ll": LOWER,
            "L": LOWER + UPPER,
            "Letter": LOWER + UPPER,
            "N": DIGITS,
            "Nd": DIGITS,
        }.get(name)
        if letters is None:
            raise UnsupportedPattern(f"character property {name}")
        return "".join(c for c in _PRINTABLE if c not in letters) if negated else letters

    def _bracket(self) -> str:
        negated = self._take("^")
        members: list[str] = []
        while True:
            if self.at >= len(self.pattern):
                raise UnsupportedPattern("a character class has no end")
            letter = self.pattern[self.at]
            self.at += 1
            if letter == "]":
                break
            members.append(self._class_member(letter))
        text = "".join(members)
        if negated:
            text = "".join(c for c in _ANY if c not in text) or "".join(c for c in _PRINTABLE if c not in text)
        if not text:
            raise UnsupportedPattern("a character class is empty")
        return "".join(dict.fromkeys(text))

    def _class_member(self, letter: str) -> str:
        low = self._class_letter(letter)
        is_range = (
            len(low) == 1
            and self.pattern[self.at : self.at + 1] == "-"
            and self.pattern[self.at + 1 : self.at + 2] not in ("]", "")
        )
        if not is_range:
            return low
        self.at += 1
        following = self.pattern[self.at]
        self.at += 1
        high = self._class_letter(following)
        if len(high) != 1 or ord(high) < ord(low):
            raise UnsupportedPattern("a range of characters runs backwards")
        # Wide ranges (all of Unicode) are cut: the first few characters stand for them.
        return "".join(chr(code) for code in range(ord(low), min(ord(high), ord(low) + 255) + 1))

    def _class_letter(self, letter: str) -> str:
        if letter != "\\":
            return letter
        if self.at >= len(self.pattern):
            raise UnsupportedPattern("a backslash ends the pattern")
        escaped = self.pattern[self.at]
        self.at += 1
        return "\b" if escaped == "b" else self._escaped_set(escaped)

    def _quantifier(self) -> tuple[int, int | None]:
        bounds: tuple[int, int | None] | None
        if self._take("*"):
            bounds = (0, None)
        elif self._take("+"):
            bounds = (1, None)
        elif self._take("?"):
            bounds = (0, 1)
        else:
            bounds = self._counts()
        if bounds is None:
            return 1, 1
        _ = self._take("?") or self._take("+")  # lazy or possessive: the same texts match
        return bounds

    def _counts(self) -> tuple[int, int | None] | None:
        end = self.pattern.find("}", self.at)
        if self.pattern[self.at : self.at + 1] != "{" or end < 0:
            return None
        low, comma, high = self.pattern[self.at + 1 : end].partition(",")
        if not low.isdigit() or not (high.isdigit() or high == ""):
            return None  # a literal brace
        self.at = end + 1
        if int(low) > _LONGEST_REPEAT:
            raise UnsupportedPattern("repeats too often")
        if not comma:
            return int(low), int(low)
        return int(low), int(high) if high else None

    def _take(self, letter: str) -> bool:
        if self.pattern.startswith(letter, self.at):
            self.at += len(letter)
            return True
        return False
