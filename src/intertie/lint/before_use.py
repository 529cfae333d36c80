"""Whether a spec may be run: errors in the spec itself stop it, errors around it are warnings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from msgspec import Struct

from intertie.compiler import Settings
from intertie.core.errors import UsageError
from intertie.core.outside_text import shown
from intertie.diagnostics import Diagnostic, Severity
from intertie.lint.checking import Checker
from intertie.lint.ignores import Ignores
from intertie.lint.registry import BY_CODE
from intertie.spec.loading import Loaded
from intertie.spec.source import normalised
from intertie.spec.workspace import Workspace

_LONGEST = 1000
"""Characters of one warning."""


class Verdict(Struct, frozen=True):
    """What a whole check says to somebody who wants to run the spec.

    Attributes:
        stopping: Errors that lie in the spec itself.
        warning: Errors that lie around it.
        found: All findings that `check` reports.
        complaint: What is wrong with `[lint]`, which is then read as empty; None where nothing is.
    """

    stopping: tuple[Diagnostic, ...]
    warning: tuple[Diagnostic, ...]
    found: tuple[Diagnostic, ...]
    complaint: str | None = None

    @property
    def is_clean(self) -> bool:
        """Whether there is no error of either kind."""
        return not self.stopping and not self.warning and self.complaint is None

    def sentences(self) -> Iterator[str]:
        """Yield what somebody who runs the spec is warned of, each on one line."""
        for finding in self.warning:
            mend = f"; {finding.help}" if finding.help else ""
            yield shown(f"{finding.span}: {finding.code} {finding.message}{mend}", most=_LONGEST)
        if self.complaint is not None:
            yield shown(self.complaint)


def judge_before_use(path: Path, loaded: Loaded, workspace: Workspace, settings: Settings, *, today: date) -> Verdict:
    """Return the verdict of all rules on a spec that could be read and compiled.

    The errors are those of `intertie check`: what `[lint]` or a comment in the spec ignores stops nothing. An ignore
    whose last day is over still holds here and its error is a warning, since no spec may stop working overnight.

    Args:
        path: The spec's file.
        loaded: What was read from it.
        workspace: Where other specs, cases and files are looked up.
        settings: Of the workspace, with the base URL that the caller gave in place of its own.
        today: The day that ends of versions are judged by (UTC).
    """
    complaint: str | None = None
    try:
        checker = Checker([path], workspace, settings, today=today)
    except UsageError as wrong:
        complaint = str(wrong)
        checker = Checker([path], workspace, replace(settings, lint={}), today=today)
    found = checker.told(checker.loaded(path, loaded))
    errors = [finding for finding in found if finding.severity is Severity.ERROR]
    if not errors:
        return Verdict((), (), found, complaint)
    ignores = Ignores(workspace.shown(path), normalised(loaded.source), today=date.min)
    never_ignored = set(ignores.apply(errors, judged=frozenset()))
    stopping = tuple(error for error in errors if error in never_ignored and BY_CODE[error.code].judges == "spec")
    return Verdict(stopping, tuple(error for error in errors if error not in stopping), found, complaint)
