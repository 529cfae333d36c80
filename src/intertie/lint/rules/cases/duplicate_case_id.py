from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.cases.beside import BesideCase
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.cases.case import Case

_MOST_SHOWN = 5


@rule(code="TIE703", severity=Severity.ERROR, since="0.1.0", judges="surroundings")
def duplicate_case_id(case: Case, beside: BesideCase) -> Iterator[Finding]:
    """Two cases have the same id."""
    others = beside.same_id
    node = case.scalar("id")
    if others and node is not None:
        yield Finding(
            node.span,
            f"`{node.text}` is the id of {others[0].path} too",
            "give one of them the next free id",
            related=tuple(Label(span, "the same id") for span in others[:_MOST_SHOWN]),
        )
