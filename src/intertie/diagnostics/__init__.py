"""Findings that point at a place in the author's file, and the ways to show them."""

from intertie.diagnostics.diagnostic import Applicability, Diagnostic, Edit, Fix, Judges, Label, Severity
from intertie.diagnostics.errors import SpecError
from intertie.diagnostics.span import SourceSpan

__all__ = ["Applicability", "Diagnostic", "Edit", "Fix", "Judges", "Label", "Severity", "SourceSpan", "SpecError"]
