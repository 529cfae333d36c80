"""Every kind of change, by subject: adding one is a function and its place in its subject's tuple."""

from __future__ import annotations

from intertie.comparing.rule import ChangeRule
from intertie.comparing.rules import (
    answers,
    costs,
    failing,
    guards,
    identity,
    limits,
    mappings,
    operations,
    project,
    requests,
    security,
    timing,
    versions,
)

SUBJECTS: tuple[tuple[str, tuple[ChangeRule, ...]], ...] = (
    ("Operations", operations.RULES),
    ("Requests", requests.RULES),
    ("Answers", answers.RULES),
    ("Mappings", mappings.RULES),
    ("Identity and environments", identity.RULES),
    ("Time and retries", timing.RULES),
    ("Limits", limits.RULES),
    ("Guards of one operation", guards.RULES),
    ("Failures", failing.RULES),
    ("Money", costs.RULES),
    ("Versions", versions.RULES),
    ("Security and logs", security.RULES),
    ("Around the calls", project.RULES),
)
"""Subject -> its rules, in the order of the reference page."""

RULES: tuple[ChangeRule, ...] = tuple(rule for _, rules in SUBJECTS for rule in rules)
