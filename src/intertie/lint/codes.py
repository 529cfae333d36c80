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


REASONLESS = Code("TIE090", "ignore-without-reason", Severity.WARNING, "A finding is ignored, and nobody says why.")
UNUSED = Code("TIE091", "unused-ignore", Severity.WARNING, "A comment ignores a finding that is not there.")
EXPIRED = Code("TIE092", "expired-ignore", Severity.WARNING, "The day until which a finding was ignored has passed.")
UNREADABLE = Code(
    "TIE093", "unreadable-ignore", Severity.WARNING, "A comment that should ignore a finding can't be read."
)
CRASHED = Code("TIE099", "rule-crashed", Severity.ERROR, "A rule of Intertie itself has failed.", judges="surroundings")

CODES = (REASONLESS, UNUSED, EXPIRED, UNREADABLE, CRASHED)
"""All of them, by code."""
