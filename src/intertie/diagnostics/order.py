"""The order in which findings are shown, and their numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct

from intertie.core.plurals import plural
from intertie.diagnostics.diagnostic import Diagnostic, Severity


class Summary(Struct, frozen=True):
    """How many findings of each severity there are in how many files."""

    errors: int
    warnings: int
    infos: int
    files: int

    def __str__(self) -> str:
        parts = [
            plural(number, word)
            for number, word in ((self.errors, "error"), (self.warnings, "warning"), (self.infos, "info"))
            if number
        ]
        return f"{', '.join(parts) or 'no findings'} in {plural(self.files, 'file')}"


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the findings by path, line, column and code; equal ones keep the order they came in."""
    return tuple(sorted(diagnostics, key=lambda d: (d.span.path, d.span.line, d.span.column, d.code)))


def summarize(diagnostics: Sequence[Diagnostic], files: int) -> Summary:
    """Return the numbers of a check over `files` files.

    >>> str(summarize([], 3))
    'no findings in 3 files'
    """
    counted = Counter(diagnostic.severity for diagnostic in diagnostics)
    return Summary(counted[Severity.ERROR], counted[Severity.WARNING], counted[Severity.INFO], files)


def rule_page(code: str) -> str:
    """Return the documentation page of a rule, relative to the root of the project.

    >>> rule_page("TIE204")
    'src/intertie/lint/pages/TIE204.md'
    """
    return f"src/intertie/lint/pages/{code}.md"
