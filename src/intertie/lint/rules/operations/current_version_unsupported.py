from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.words import listed
from intertie.spec.model import Spec


@rule(code="TIE507", severity=Severity.ERROR, since="0.1.0", judges="spec")
def current_version_unsupported(spec: Spec) -> Iterator[Finding]:
    """The current version is not among the supported ones."""
    versioning = spec.versioning
    if not (versioning and versioning.current and versioning.supported):
        return
    supported = [version.value for version in versioning.supported]
    if versioning.current.value not in supported:
        yield Finding(
            versioning.current.span,
            f"`{versioning.current.value}` is not among the supported versions",
            f"use one of {listed(supported)}, or add it to `supported`",
            related=(Label(versioning.supported[0].span, "the supported versions"),),
        )
