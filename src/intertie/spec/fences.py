"""Fenced blocks in the raw lines: which lines they take, and a mend for those that are not closed."""

from __future__ import annotations

import re

from intertie.spec import codes
from intertie.spec.source import Findings, Source

_OPEN_RE = re.compile(r"[ \t]*(?:[-*+]\s+)?(`{3,}|~{3,})\s*([^`\n]*)\Z")
_HEADING_RE = re.compile(r"#{1,6}\s+\S")

MAX_MARKDOWN_LINES = 15_000
"""Most lines outside fences, and marks of fences, that are read; Markdown costs about 50 µs a line."""
_CELLS_OF_A_LINE = 8


def close_fences(lines: list[str], source: Source, findings: Findings) -> int:
    """Close in `lines` what the author left open, reporting it, and blank what stands in fences at the margin.

    A fence whose text holds the opening of another one, or that runs to the end of the file over headings, was meant to
    end before the first heading or opening after it: the line before that becomes its end, so that no line moves.

    Returns:
        The number of lines outside fences, the marks of fences included; no more are counted than are read.
    """
    outside = 0
    number = 0
    while number < len(lines):
        if outside > MAX_MARKDOWN_LINES:
            return outside
        opening = _OPEN_RE.match(lines[number])
        # Each cell of a table costs what a piece of a line does.
        outside += 1 + lines[number].count("|") // _CELLS_OF_A_LINE if opening is None else 2
        if opening is None:
            number += 1
            continue
        end = _end_of_fence(lines, number, opening.group(1))
        following = end + 1 if end is not None else _close(lines, number, opening.group(1), source, findings)
        if end is not None and lines[number][0] in "`~":
            # What a fence holds is read from the source by its lines: Markdown need not look at it.
            lines[number + 1 : end] = [""] * (end - number - 1)
        number = following
    return outside


def _end_of_fence(lines: list[str], start: int, fence: str) -> int | None:
    """Return the line that closes the fence, None where another fence opens first or none does."""
    for number in range(start + 1, len(lines)):
        stripped = lines[number].strip()
        if not stripped.startswith(fence):
            continue
        if not stripped.strip(fence[0]):
            return number
        if re.match(rf"{re.escape(fence)}\s*[A-Za-z]", stripped):
            return None
    return None


def _close(lines: list[str], start: int, fence: str, source: Source, findings: Findings) -> int:
    """Put the missing end in place; return the line to go on with."""
    place = source.line_span(start + 1)
    if not lines[start].strip().strip(fence[0]):
        # Without a language it is the end of a block whose opening is gone rather than an opening.
        findings.add(
            codes.UNCLOSED_FENCE, place, "this mark closes no block, and the block it would open is not closed",
            help="remove it, or open the block above it with ```yaml",
        )  # fmt: skip
        lines[start] = ""
        return start + 1
    findings.add(
        codes.UNCLOSED_FENCE, place, "the block that opens here is not closed",
        help=f"add a line `{fence}` after its last line",
    )  # fmt: skip
    boundary = next((n for n in range(start + 1, len(lines)) if _begins_anew(lines[n], fence)), len(lines))
    if boundary < len(lines):
        # Mostly a blank line; where there is none, the block's last line is given up for its end.
        last = boundary - 1
        lines[last] = fence if last > start else ""
    return boundary


def _begins_anew(line: str, fence: str) -> bool:
    return bool(_HEADING_RE.match(line)) or line.strip().startswith(fence)
