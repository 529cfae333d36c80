"""Colours of findings."""

from __future__ import annotations

from intertie.diagnostics.diagnostic import Severity

SEVERITY_STYLE = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.INFO: "1;36", Severity.HINT: "2"}
"""SGR parameters (ECMA-48) of each severity."""

GUTTER = "34"
