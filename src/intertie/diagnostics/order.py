"""The order in which findings are shown, and their numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct

from intertie.core.plurals import plural
from intertie.diagnostics.diagnostic import Diagnostic, Severity


class Summary(Struct, frozen=True):
    """How many findings of each severity there are in how many files; hints are counted also where they are hidden."""

    errors: int
    warnings: int
    infos: int
    hints: int
    files: int

    def words(self, *, hints: bool) -> str:
        """Return the numbers in words; where hints are hidden, how to see them.

        >>> Summary(0, 1, 2, 3, 1).words(hints=False)
        '1 warning, 2 infos in 1 file; --hints shows 3 hints'
        """
        counted = [(self.errors, "error"), (self.warnings, "warning"), (self.infos, "info")]
        counted += [(self.hints, "hint")] if hints else []
        parts = [plural(number, word) for number, word in counted if number]
        hidden = "" if hints or not self.hints else f"; --hints shows {plural(self.hints, 'hint')}"
        return f"{', '.join(parts) or 'no findings'} in {plural(self.files, 'file')}{hidden}"


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the findings by path, line, column and code; equal ones keep the order they came in."""
    return tuple(sorted(diagnostics, key=lambda d: (d.span.path, d.span.line, d.span.column, d.code)))


def summarize(diagnostics: Sequence[Diagnostic], files: int) -> Summary:
    """Return the numbers of a check over `files` files.

    >>> summarize([], 3).words(hints=True)
    'no findings in 3 files'
    """
    counted = Counter(diagnostic.severity for diagnostic in diagnostics)
    numbers = (counted[severity] for severity in (Severity.ERROR, Severity.WARNING, Severity.INFO, Severity.HINT))
    errors, warnings, infos, hints = numbers
    return Summary(errors, warnings, infos, hints, files)


def without_hints(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the findings that are shown to who does not ask for hints."""
    return tuple(diagnostic for diagnostic in diagnostics if diagnostic.severity is not Severity.HINT)


def rule_page(code: str) -> str:
    """Return the documentation page of a rule, relative to the root of the project.

    >>> rule_page("TIE204")
    'src/intertie/lint/pages/TIE204.md'
    """
    return f"src/intertie/lint/pages/{code}.md"
