"""Text that strangers wrote, made safe to print.

A server's error message, a spec's title or a request's path may hold escape sequences that repaint a terminal, marks
that turn the direction of writing, line breaks that forge a log line, or a million characters.
"""

from __future__ import annotations

import re

LONGEST_SHOWN = 300
"""Characters of one value inside a sentence."""

LONGEST_LINE = 4000
"""Characters of one line of output."""
_LAST_BMP = 0xFFFF
_COLOUR_RE = re.compile("(\x1b\\[[0-9;]{0,20}m)")
_UNSAFE_RE = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # C0, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks that turn the direction of writing
    "\u2028\u2029"  # breaks of lines and paragraphs
    "\ufff9-\ufffb\U000e0000-\U000e007f"  # annotations and invisible tags
    "\ud800-\udfff"  # halves of characters, which no terminal encoding can write
    "]"
)


def shown(text: str, *, most: int | None = LONGEST_SHOWN) -> str:
    r"""Return `text` on one line, with everything a terminal would act on written as an escape, and cut at `most`.

    Args:
        text: What came from outside.
        most: Characters to keep; a cut text ends in `…`. None keeps all of them.

    >>> shown("\x1b[31mred\nnext \u202eabc")
    '\\x1b[31mred\\nnext \\u202eabc'
    >>> shown("a" * 10, most=4)
    'aaa…'
    """
    if most is not None and len(text) > most:
        text = text[: most - 1] + "…"
    return _UNSAFE_RE.sub(_escaped, text) if _UNSAFE_RE.search(text) else text


def shown_block(text: str, *, most: int | None = None) -> str:
    r"""Return `text` with its line breaks and tabs kept and everything else as in `shown`.

    >>> shown_block("one\r\ntwo\x07")
    'one\ntwo\\x07'
    """
    if most is not None and len(text) > most:
        text = text[: most - 1] + "…"
    text = text.replace("\r\n", "\n")
    return _UNSAFE_RE.sub(lambda found: found[0] if found[0] in "\n\t" else _escaped(found), text)


def printable_line(line: str, *, color: bool = False, most: int | None = LONGEST_LINE) -> str:
    r"""Return a finished line for a terminal: the last filter, for what no seam before it has cleaned.

    Args:
        line: Composed of our words and of values.
        color: Whether our own colour codes stand in it and stay. Values must be cleaned before they are coloured, so
            that no colour of a stranger passes.
        most: Characters to keep; None keeps all of them.

    >>> printable_line("a\n\x1b[1mb"), printable_line("\x1b[1mb\x1b[0m\x1b[2J", color=True)
    ('a\\n\\x1b[1mb', '\x1b[1mb\x1b[0m\\x1b[2J')
    """
    if not color:
        return shown(line, most=most)
    if most is not None and len(line) > most:
        line = f"{line[: most - 1]}…\x1b[0m"
    parts = _COLOUR_RE.split(line)
    return "".join(part if number % 2 else shown(part, most=None) for number, part in enumerate(parts))


def printable_lines(text: str, *, color: bool = False, most: int | None = LONGEST_LINE) -> str:
    r"""Return finished lines for a terminal, each as `printable_line` has it; a tab is four blanks.

    >>> printable_lines("one\r\ntwo\x07")
    'one\ntwo\\x07'
    """
    lines = text.replace("\r\n", "\n").replace("\t", "    ").split("\n")
    return "\n".join(printable_line(line, color=color, most=most) for line in lines)


def printable_json(text: str) -> str:
    r"""Return a JSON text in which strings hold nothing that a terminal acts on: the same data, written with escapes.

    >>> printable_json('{"a": "\x9b31m\u202e"}')
    '{"a": "\\u009b31m\\u202e"}'
    """
    return _UNSAFE_RE.sub(lambda found: found[0] if found[0] == "\n" else _json_escaped(found[0]), text)


def _json_escaped(char: str) -> str:
    code = ord(char)
    if code <= _LAST_BMP:
        return f"\\u{code:04x}"
    above = code - _LAST_BMP - 1
    return f"\\u{0xD800 + (above >> 10):04x}\\u{0xDC00 + (above & 0x3FF):04x}"


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")
