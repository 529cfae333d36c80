"""What is wrong in a case file: what `intertie check` finds in it."""

from __future__ import annotations

from intertie.diagnostics import Diagnostic
from intertie.lsp.page import Page


def case_findings(page: Page) -> tuple[Diagnostic, ...]:
    """Return the findings of a case file that the workspace's `[lint]` lets through."""
    if not page.is_case and not page.is_misnamed_case:
        return ()
    checker = page.around.checker
    return checker.told(checker.text(page.path, page.text))
