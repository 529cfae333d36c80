"""Adds to a finding the place where it is mended, where that is another one than where it was noticed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from intertie.compiler.codes import CODES
from intertie.diagnostics import Diagnostic, Label, SourceSpan
from intertie.lint.written import component_entries
from intertie.spec.model import Spec

_NAMED_RE = re.compile(r"schema `([^`]+)`")
_UNCOMPILABLE = CODES["uncompilable-schema"].code


def pointed(spec: Spec, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield the findings; one of a schema that is defined elsewhere in the file shows its definition too."""
    for finding in found:
        named = _NAMED_RE.search(finding.message) if finding.code == _UNCOMPILABLE else None
        place = component(spec, named.group(1)) if named else None
        if place is not None and not finding.related:
            yield replace(finding, related=(Label(place, "the schema"),))
        else:
            yield finding


def component(spec: Spec, name: str) -> SourceSpan | None:
    """Return the place of a schema's name under `components`, None where the file does not define it."""
    return next((entry.key.span for entry in component_entries(spec) if entry.key.text == name), None)
