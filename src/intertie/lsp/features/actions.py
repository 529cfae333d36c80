"""The fixes that findings carry, as edits an editor can offer."""

from __future__ import annotations

from msgspec import Struct

from intertie.core.plurals import plural
from intertie.diagnostics import Applicability, Diagnostic, Edit
from intertie.lint.mending import applicable, mend
from intertie.lsp.features.findings import findings
from intertie.lsp.page import Page


class Action(Struct, frozen=True):
    """One mend.

    Attributes:
        edits: All in the page's own file.
        preferred: It is safe: it may be applied unseen.
        diagnostics: What it mends.
    """

    title: str
    edits: tuple[Edit, ...]
    preferred: bool
    diagnostics: tuple[Diagnostic, ...]


def actions(page: Page, first: int, last: int) -> list[Action]:
    """Return the fixes of the findings on lines `first` to `last`, those that are only shown left out."""
    found = []
    for diagnostic in _fixable(page):
        span, fix = diagnostic.span, diagnostic.fix
        if fix is not None and span.line <= last and first <= span.end_line:
            safe = fix.applicability is Applicability.SAFE
            title = f"{fix.title} ({diagnostic.code})"
            found.append(Action(title, fix.edits, safe, (diagnostic,)))
    return found


def fix_all(page: Page) -> Action | None:
    """Return all safe fixes of the page as one, those left out that would touch another; None where there are none."""
    applied = mend(page.text, applicable(findings(page), page.shown, unsafe=False)).applied
    edits = tuple(edit for diagnostic in applied if diagnostic.fix is not None for edit in diagnostic.fix.edits)
    if not edits:
        return None
    number = len(applied)
    title = f"fix {plural(number, 'finding')} that {'has' if number == 1 else 'have'} a safe fix"
    return Action(title, edits, preferred=True, diagnostics=applied)


def _fixable(page: Page) -> list[Diagnostic]:
    return applicable(findings(page), page.shown, unsafe=True)
