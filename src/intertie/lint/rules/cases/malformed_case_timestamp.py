from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from intertie.diagnostics import Severity
from intertie.lint.cases.beside import BesideCase
from intertie.lint.finding import Finding
from intertie.lint.mends import write
from intertie.lint.rule import rule
from intertie.spec.cases.case import Case
from intertie.spec.yaml_nodes import shorten

_FORM_RE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")
_SLIGHTLY_OFF_RE = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(?:\.\d+)?\s*(?:Z|[+-]00:?00)?)?\Z", re.IGNORECASE
)


@rule(code="TIE711", severity=Severity.ERROR, since="0.1.0", judges="surroundings")
def malformed_case_timestamp(case: Case, beside: BesideCase) -> Iterator[Finding]:
    """The timestamp of a case is invalid or in the future."""
    node = case.scalar("hash_timestamp")
    if node is None or node.value is None:
        return
    day = _day(node.text)
    if day is None:
        better = _well_formed(node.text)
        yield Finding(
            node.span,
            f"`hash_timestamp` can't be `{shorten(node.text)}`",
            f"write `{better or '2026-11-24T09:00:00Z'}`",
            fix=write(better, node.span) if better and not node.quoted else None,
        )
    elif day > beside.today + timedelta(days=1):
        yield Finding(
            node.span,
            f"`hash_timestamp` lies in the future: {day}, and today is {beside.today}",
            "write when the text last changed",
            severity=Severity.WARNING,
        )


def _day(text: str) -> date | None:
    if not _FORM_RE.match(text):
        return None
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        return None


def _well_formed(text: str) -> str | None:
    """Return a time in the form of the family, None where the text is no time in UTC."""
    match = _SLIGHTLY_OFF_RE.match(text.strip())
    if match is None:
        return None
    made = f"{match[1]}T{match[2] or '00:00'}{match[3] or ':00'}Z"
    return made if _day(made) is not None else None
