"""Edits into a file's text: line ends, byte order mark, comments and prose stay as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from intertie.diagnostics import Applicability, Diagnostic, Edit, Fix, SourceSpan

_LINE_END_RE = re.compile(r"\r\n|\r|\n")
_MARK = "\ufeff"


class Mended(Struct, frozen=True):
    """A text with fixes in it.

    Attributes:
        text: Equal to the text given where nothing was applied.
        applied: The findings whose fix is in it, by place.
        left: Those whose fix touches one that is in it: another round may apply them.
    """

    text: str
    applied: tuple[Diagnostic, ...]
    left: tuple[Diagnostic, ...]


def applicable(found: Iterable[Diagnostic], path: str, *, unsafe: bool) -> list[Diagnostic]:
    """Return the findings that have a fix which may be applied to the file `path`, in the order of their places.

    Args:
        found: Findings of any file.
        path: The file, as its spans call it.
        unsafe: Whether fixes that may change what the author means are wanted too.
    """
    wanted = {Applicability.SAFE, Applicability.UNSAFE} if unsafe else {Applicability.SAFE}
    good = [
        finding
        for finding in found
        if finding.fix is not None
        and finding.fix.applicability in wanted
        and finding.fix.edits
        and all(edit.span.path == path for edit in finding.fix.edits)
    ]
    return sorted(good, key=lambda finding: (finding.span, finding.code))


def mend(text: str, found: Iterable[Diagnostic]) -> Mended:
    """Return `text` with the fixes of the findings: of two that touch, the first one's.

    Args:
        text: As it stands in the file, with its own line ends and byte order mark.
        found: Findings with fixes; their spans count lines and characters as all places do, the mark left out.
    """
    offsets = _Offsets(text)
    accepted: list[tuple[int, int, str]] = []
    applied: list[Diagnostic] = []
    left: list[Diagnostic] = []
    for finding in found:
        edits = [offsets.located(edit) for edit in (finding.fix.edits if finding.fix else ())]
        if any(edit is None for edit in edits) or not edits:
            continue
        new = [edit for edit in edits if edit is not None]
        if any(_touch(one, other) for one in new for other in accepted):
            left.append(finding)
            continue
        accepted += new
        applied.append(finding)
    mended = text
    for start, end, replacement in sorted(accepted, reverse=True):
        mended = mended[:start] + replacement + mended[end:]
    return Mended(mended, tuple(applied), tuple(left))


def whole_lines(path: str, first: int, last: int) -> SourceSpan:
    """Return the span of lines `first` to `last` with their ends: replaced by nothing, they are gone."""
    return SourceSpan(path, first, 1, last + 1, 1)


def remove_lines(title: str, span: SourceSpan, *, applicability: Applicability = Applicability.SAFE) -> Fix:
    """Return the fix that takes out the lines a span lies on."""
    return Fix(title, (Edit(whole_lines(span.path, span.line, span.end_line), ""),), applicability)


def _touch(one: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    """Return whether two edits overlap; two insertions at one place do, for their order would be chance."""
    if one[0] == one[1] or other[0] == other[1]:
        return one[0] <= other[1] and other[0] <= one[1]
    return one[0] < other[1] and other[0] < one[1]


class _Offsets:
    """From places to offsets in a text as it stands in the file."""

    def __init__(self, text: str) -> None:
        self._text = text
        ends = list(_LINE_END_RE.finditer(text))
        self._starts = [len(_MARK) if text.startswith(_MARK) else 0, *(end.end() for end in ends)]
        self._line_end = ends[0].group() if ends else "\n"

    def located(self, edit: Edit) -> tuple[int, int, str] | None:
        """Return (start, end, replacement) of an edit, None where the text has no such place."""
        span = edit.span
        start, end = self._offset(span.line, span.column), self._offset(span.end_line, span.end_column)
        if start is None or end is None or start > end:
            return None
        return start, end, edit.replacement.replace("\n", self._line_end)

    def _offset(self, line: int, column: int) -> int | None:
        if line == len(self._starts) + 1 and column == 1:
            # One past the last line: the last line has no end of its own.
            return len(self._text)
        if not 1 <= line <= len(self._starts):
            return None
        offset = self._starts[line - 1] + column - 1
        return offset if offset <= len(self._text) else None
