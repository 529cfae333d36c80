"""The error of a spec that can't run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from intertie.core.errors import IntertieError
from intertie.diagnostics.diagnostic import Diagnostic, Severity


class SpecError(IntertieError):
    """The spec has errors.

    Attributes:
        diagnostics: All findings, errors first.
        sources: Path as shown -> text of the file, for excerpts; empty if it could not be read.
        root: Folder that the paths are relative to, None if it is not known.
    """

    def __init__(
        self,
        diagnostics: Sequence[Diagnostic],
        sources: Mapping[str, str] = MappingProxyType({}),
        *,
        root: Path | None = None,
    ) -> None:
        errors = [d for d in diagnostics if d.severity is Severity.ERROR]
        others = [d for d in diagnostics if d.severity is not Severity.ERROR]
        self.diagnostics = (*errors, *others)
        self.sources = sources
        self.root = root
        first = self.diagnostics[0]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        super().__init__(f"{first.span}:{first.span.column}: {first.code} {first.message}{more}")

    @property
    def code(self) -> str:
        """`spec_error`, the code in JSON output."""
        return "spec_error"
