"""Places in an editor's code units, and back."""

from __future__ import annotations

import pytest

from intertie.diagnostics import SourceSpan
from intertie.lsp.positions import EditorPosition, Ruler, line_end_of

TEXT = "plain\n\U0001f600 é x\r\nlast"


@pytest.mark.parametrize(("encoding", "character"), [("utf-16", 5), ("utf-8", 8), ("utf-32", 4), ("something else", 5)])
def test_code_units_are_those_that_the_editor_counts(encoding: str, character: int) -> None:
    """The `x` behind a smiley and an accent stands where the editor's encoding puts it."""
    ruler = Ruler(TEXT, encoding)
    assert ruler.position(2, 5) == EditorPosition(1, character)
    assert ruler.place(EditorPosition(1, character)) == (2, 5)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_every_place_comes_back(encoding: str) -> None:
    """To the editor and back is the same place, for every character of a text with all widths."""
    text = "\ufeffa\U0001f600é\u2028ß\x0b\U0001d518|\r\r\n\n中"
    ruler = Ruler(text, encoding)
    lines = ["a\U0001f600é\u2028ß\x0b\U0001d518|", "", "", "中"]
    for number, line in enumerate(lines, start=1):
        for column in range(1, len(line) + 2):
            assert ruler.place(ruler.position(number, column)) == (number, column)


def test_a_position_outside_is_the_nearest_end() -> None:
    """Lines past the last and characters past the end are taken as the end."""
    ruler = Ruler("ab\ncd")
    assert ruler.place(EditorPosition(9, 9)) == (2, 3)
    assert ruler.place(EditorPosition(0, 9)) == (1, 3)
    assert ruler.place(EditorPosition(-1, 0)) == (1, 1)


def test_whole_lines_end_where_the_next_one_starts() -> None:
    """A span that ends after the last line ends at the start of the line that would follow."""
    assert Ruler("ab\ncd").range(SourceSpan("a", 2, 1, 3, 1)) == (EditorPosition(1, 0), EditorPosition(2, 0))


def test_line_ends() -> None:
    """The first line end is the text's own."""
    assert [line_end_of(text) for text in ("a\r\nb\n", "a\nb\r\n", "a\rb", "")] == ["\r\n", "\n", "\r", "\n"]
