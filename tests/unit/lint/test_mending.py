"""Edits into texts."""

from __future__ import annotations

import pytest

from intertie.diagnostics import Applicability, Diagnostic, Edit, Fix, Severity, SourceSpan
from intertie.lint.mending import applicable, mend, remove_lines


def finding(*edits: Edit, applicability: Applicability = Applicability.SAFE) -> Diagnostic:
    return Diagnostic(
        "TIE018", "alias-used", Severity.INFO, "m", edits[0].span, fix=Fix("write it", edits, applicability)
    )


def at(line: int, column: int, end_column: int, *, path: str = "a.md", end_line: int | None = None) -> SourceSpan:
    return SourceSpan(path, line, column, end_line or line, end_column)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_byte_order_mark_stay(end, mark):
    """Places count lines and characters, whatever ends the lines and whether a mark stands before them."""
    text = f"{mark}alt: 1{end}böse: yes{end}"
    mended = mend(text, [finding(Edit(at(1, 1, 4), "neu")), finding(Edit(at(2, 7, 10), "true\nx: 2"))])
    assert mended.text == f"{mark}neu: 1{end}böse: true{end}x: 2{end}"
    assert len(mended.applied) == 2


def test_of_two_that_touch_the_first_is_taken():
    """A fix that touches one taken already is left whole: none of its edits is made."""
    first = finding(Edit(at(1, 1, 3), "X"))
    second = finding(Edit(at(1, 2, 4), "Y"), Edit(at(1, 6, 7), "Z"))
    beside = finding(Edit(at(1, 3, 5), "W"))
    mended = mend("abcdefg\n", [first, second, beside])
    assert mended.text == "XWefg\n"
    assert mended.left == (second,)


def test_two_insertions_at_one_place_are_not_both_made():
    """Their order would be chance."""
    one, two = finding(Edit(at(1, 2, 2), "1")), finding(Edit(at(1, 2, 2), "2"))
    assert mend("ab", [one, two]).text == "a1b"


def test_lines_are_removed_with_their_ends():
    """A removed line leaves no blank one, also at the end of a file without a line end."""
    assert mend("a\nb\nc", [finding(*remove_lines("out", at(2, 1, 2)).edits)]).text == "a\nc"
    assert mend("a\nb\nc", [finding(*remove_lines("out", at(3, 1, 2)).edits)]).text == "a\nb\n"


def test_a_place_outside_the_text_is_not_mended():
    """A finding of another text than this one changes nothing."""
    assert mend("ab\n", [finding(Edit(at(7, 1, 2), "X")), finding(Edit(at(1, 3, 90), "Y"))]).text == "ab\n"


def test_only_wanted_fixes_of_this_file_are_applicable():
    """Unsafe fixes are asked for, fixes for show never made, and another file's left alone; the order is of places."""
    safe = finding(Edit(at(2, 1, 2), "a"))
    unsafe = finding(Edit(at(1, 1, 2), "a"), applicability=Applicability.UNSAFE)
    shown = finding(Edit(at(1, 1, 2), "a"), applicability=Applicability.DISPLAY)
    other = finding(Edit(at(1, 1, 2, path="b.md"), "a"))
    bare = Diagnostic("TIE018", "alias-used", Severity.INFO, "m", at(1, 1, 2))
    everything = [safe, unsafe, shown, other, bare]
    assert applicable(everything, "a.md", unsafe=False) == [safe]
    assert applicable(everything, "a.md", unsafe=True) == [unsafe, safe]
