"""Findings that the checker itself makes, outside the rules: about comments that ignore, and about rules that fail."""

from __future__ import annotations

from msgspec import Struct

from intertie.diagnostics import Judges, Severity


class Code(Struct, frozen=True):
    """One kind of finding: its code, name and severity, what it means in one sentence, and where its cause lies."""

    code: str
    name: str
    severity: Severity
    meaning: str
    judges: Judges = "spec"


REASONLESS = Code("TIE090", "ignore-without-reason", Severity.WARNING, "An ignore comment gives no reason.")
UNUSED = Code("TIE091", "unused-ignore", Severity.WARNING, "An ignore comment matches no finding.")
EXPIRED = Code("TIE092", "expired-ignore", Severity.WARNING, "An ignore comment has expired.")
UNREADABLE = Code("TIE093", "unreadable-ignore", Severity.WARNING, "An ignore comment can't be read.")
CRASHED = Code(
    "TIE099", "rule-crashed", Severity.ERROR, "A rule crashed because of a bug in Intertie.", judges="surroundings"
)

CODES = (REASONLESS, UNUSED, EXPIRED, UNREADABLE, CRASHED)
"""All of them, by code."""
