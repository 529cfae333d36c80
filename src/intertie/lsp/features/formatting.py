"""The canonical form of a spec, as edits of the lines that change."""

from __future__ import annotations

from difflib import SequenceMatcher

from intertie.diagnostics import Edit
from intertie.lint.mending import whole_lines
from intertie.lsp.page import Page
from intertie.spec.formatting import format_text
from intertie.spec.source import normalised


def formatting(page: Page) -> list[Edit]:
    """Return the edits that put a spec into the form `intertie fmt` writes; none of another file.

    Lines that stay are not touched, so that an editor keeps its cursor and marks where they are.
    """
    if not page.is_spec:
        return []
    formatted = format_text(page.text, page.path, page.around.workspace).text
    if formatted == page.text:
        return []
    before, after = page.lines, normalised(formatted).split("\n")
    edits = []
    for kind, first, last, new_first, new_last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            edits.append(_edit(page, first, last, after[new_first:new_last]))
    return edits


def _edit(page: Page, first: int, last: int, lines: list[str]) -> Edit:
    """Replace lines `first` to `last` (0-based, the last left out); the file's last line has no end of its own."""
    if last == len(page.lines) and first < last:
        span = page.source.line_span(first + 1, last)
        return Edit(span, "\n".join(lines))
    return Edit(whole_lines(page.shown, first + 1, last), "".join(f"{line}\n" for line in lines))
