"""How grave a finding looks in an editor."""

from __future__ import annotations

import pytest
from lsprotocol import types

from intertie.diagnostics import Diagnostic, Severity, SourceSpan
from intertie.lsp.convert import to_diagnostic
from intertie.lsp.positions import Ruler

SHOWN = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
    Severity.HINT: types.DiagnosticSeverity.Hint,
}


@pytest.mark.parametrize("severity", list(Severity))
def test_each_level_has_its_own_form(severity: Severity) -> None:
    """An editor has the same four levels; hints are shown without being asked for."""
    found = Diagnostic("TIE135", "shared-environment-url", severity, "m", SourceSpan("a.md", 1, 1, 1, 2), "h")
    assert to_diagnostic(Ruler("text"), found, {}).severity is SHOWN[severity]
