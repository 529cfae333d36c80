"""Codes that another part of Intertie reports: each is a row of that part's table and a page, without a function."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from intertie.compiler.codes import TABLE
from intertie.lint import codes as checker
from intertie.lint.rule import ReportedCode, Rule
from intertie.spec import codes as parser

SINCE = "0.1.0"


def _rules(rows: Iterable[ReportedCode], *, by: str, group: str) -> Iterator[Rule]:
    for row in rows:
        yield Rule(row.code, row.name, row.severity, SINCE, row.meaning, group, reported_by=by, judges=row.judges)


STRUCTURE = (
    *_rules(parser.CODES, by="parser", group="structure"),
    *_rules(checker.CODES, by="checker", group="structure"),
)
"""What the parser finds in the text itself, and the checker in comments that ignore findings."""

COMPILING = tuple(_rules(TABLE, by="compiler", group="compiling"))
"""What stands in the way of a plan, found while one is made."""
