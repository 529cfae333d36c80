"""What is wrong in a page, whatever kind of file it is."""

from __future__ import annotations

from intertie.diagnostics import Diagnostic
from intertie.lsp.features.case_findings import case_findings
from intertie.lsp.page import Page


def findings(page: Page) -> tuple[Diagnostic, ...]:
    """Return the findings of a spec or case, none of any other file."""
    return page.diagnostics if page.is_spec else case_findings(page)
