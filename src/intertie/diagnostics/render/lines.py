"""Lines of a source, counted as spans count them."""

from __future__ import annotations

import re

_LINE_END_RE = re.compile(r"\r\n|\n|\r")


def source_lines(text: str) -> list[str]:
    r"""Return the lines without their ends; LF, CRLF and CR end a line, nothing else does.

    >>> source_lines("a\r\nb\u2028c\n")
    ['a', 'b\u2028c', '']
    """
    return _LINE_END_RE.split(text.removeprefix("\ufeff"))
