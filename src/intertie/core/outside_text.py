"""Text that strangers wrote, made safe to print.

A server's error message, a spec's title or a request's path may hold escape sequences that repaint a terminal, marks
that turn the direction of writing, line breaks that forge a log line, or a million characters.
"""

from __future__ import annotations

import re

LONGEST_SHOWN = 300
"""Characters of one value inside a sentence."""

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


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")
