"""How wide text is on a terminal, and how it breaks into lines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

GLUE = "\N{NO-BREAK SPACE}"
"""A blank at which no line breaks; it is printed as a blank."""

ENDLESS = 1_000_000
"""A width at which nothing breaks: for logs and pipes, where a sentence is one line."""

_PARTS_RE = re.compile(r"(?:`[^`\n]*`|[^ \t\n`]|`)+")
"""Words; a command in backticks counts as one word as long as a line holds it."""
_UNIT_RE = re.compile(r"(?<=\d) (?=(?:ms|s|min|h|d|%|kB|MB|GB|[A-Z]{3})(?![A-Za-z0-9]))")
_BREAKABLE = ("/&?", ",;·", ".-_:=")
"""Marks behind which a long word breaks; those that end larger parts of it first."""


def char_width(char: str) -> int:
    r"""Return the columns one character takes: 2 for wide ones, 0 for those that join the one before.

    Source: Unicode Standard Annex 11, East Asian Width.

    >>> [char_width(c) for c in "a漢\u0301"]
    [1, 2, 0]
    """
    if char.isascii():
        return 1
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def columns_of(text: str) -> int:
    """Return the columns that printable text takes.

    >>> columns_of("abc"), columns_of("漢字")
    (3, 4)
    """
    return len(text) if text.isascii() else sum(map(char_width, text))


def wrapped(text: str, width: int, *, first: str = "", rest: str = "") -> list[str]:
    """Return text in lines of at most `width` columns.

    Lines break at blanks; a number stays beside its unit, and a command in backticks on one line where that holds it.
    A word wider than a line breaks behind its punctuation, else anywhere. Line breaks of the text are kept.

    Args:
        text: Without control characters, apart from line breaks.
        width: Columns of a line, what stands before it included.
        first: What stands before the first line.
        rest: What stands before each further line, usually blanks.

    >>> wrapped("Calls wait at most 10 s for their turn.", 24, first="- ", rest="  ")
    ['- Calls wait at most', '  10 s for their turn.']
    >>> wrapped("see https://a.example/one/two", 16)
    ['see', 'https://', 'a.example/one/', 'two']
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines += _paragraph(paragraph, width, rest if lines else first, rest)
    return lines


def cut(text: str, width: int) -> str:
    """Return text that takes at most `width` columns; what is cut ends in `…`.

    >>> cut("abcdef", 4), cut("abc", 4)
    ('abc…', 'abc')
    """
    if columns_of(text) <= width:
        return text
    kept, _ = _fitting(text, max(width - 1, 0))
    return f"{kept}…"


def _paragraph(text: str, width: int, first: str, rest: str) -> Iterator[str]:
    lead, line, used = first, "", 0
    for word in _words(text, width - columns_of(rest)):
        left, taken = word, columns_of(word)
        room = width - columns_of(lead) - used - 1
        if line and taken > width - columns_of(rest) and room > width // 3:
            # No line holds it: it begins on this one.
            head, left = _split(word, room)
            line, used, taken = f"{line} {head}", width, columns_of(left)
        if line and columns_of(lead) + used + 1 + taken > width:
            yield _shown(lead + line)
            lead, line, used = rest, "", 0
        while columns_of(lead) + taken > width and not line:
            head, left = _split(left, max(width - columns_of(lead), 1))
            yield _shown(lead + head)
            lead, taken = rest, columns_of(left)
        line, used = (f"{line} {left}", used + 1 + taken) if line else (left, taken)
    if line or lead.strip() or not text:
        yield _shown(lead + line)


def _words(text: str, room: int) -> Iterator[str]:
    for part in _PARTS_RE.findall(_UNIT_RE.sub(GLUE, text)):
        if " " in part and columns_of(part) > room:
            yield from part.split()
        else:
            yield part


def _split(word: str, room: int) -> tuple[str, str]:
    """Return the part of a word that fits, and what is left of it."""
    head, tail = _fitting(word, room)
    if not tail:
        return head, ""
    for marks in _BREAKABLE:
        at = max(head.rfind(mark) for mark in marks) + 1
        if at > len(head) // 3:
            return word[:at], word[at:]
    return (head, tail) if head else (word[:1], word[1:])


def _fitting(text: str, room: int) -> tuple[str, str]:
    used = 0
    for index, char in enumerate(text):
        used += char_width(char)
        if used > room:
            return text[:index], text[index:]
    return text, ""


def _shown(line: str) -> str:
    return line.replace(GLUE, " ").rstrip()
