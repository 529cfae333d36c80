"""One change between two versions of a spec, weighed, with its place in both."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from intertie.diagnostics import SourceSpan


class Impact(StrEnum):
    """What a change does to those who call.

    Breaking: code that calls today can fail or misread an answer, with the service healthy and no limit reached.
    Risky: it shows under load, in failures, later, or on the bill. Safe: nobody has to do anything.
    """

    BREAKING = "breaking"
    RISKY = "risky"
    SAFE = "safe"


Places = tuple[SourceSpan, SourceSpan]
"""Where something stands in the old file and in the new one; where it is missing, the block that lacks it."""


class Found(Struct, frozen=True):
    """A change as a rule yields it.

    Attributes:
        subject: What has changed, as people name it: `retry.max_attempts`, `create_charge: body, amount`. The same
            words whichever of the two versions is the older.
        old, new: As text, None where it is absent there.
        reason: Why it matters, one sentence with its numbers.
        operation: The one it concerns, None where it concerns all.
    """

    impact: Impact
    subject: str
    old: str | None
    new: str | None
    reason: str
    at: Places
    operation: str | None = None


class Change(Struct, frozen=True):
    """A change with its kind.

    Attributes:
        kind: Name of the rule that found it, such as `retry-attempts`.
        operations: Those it concerns, empty where it concerns all.
    """

    kind: str
    impact: Impact
    subject: str
    old: str | None
    new: str | None
    reason: str
    old_place: SourceSpan
    new_place: SourceSpan
    operations: tuple[str, ...] = ()


_ORDER = tuple(Impact)


def merged(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return the changes, gravest first, then by place; one that several operations share is told once.

    A schema that three answers use changes in one line of the file: that is one change of three operations.
    """
    found: dict[tuple[object, ...], Change] = {}
    for change in changes:
        subject = None if change.operations else change.subject
        key = (change.kind, change.impact, change.old, change.new, change.old_place, change.new_place, subject)
        first = found.get(key)
        if first is None:
            found[key] = change
            continue
        operations = tuple(dict.fromkeys((*first.operations, *change.operations)))
        found[key] = Change(
            first.kind, first.impact, first.subject, first.old, first.new, first.reason,
            first.old_place, first.new_place, operations,
        )  # fmt: skip
    return tuple(sorted(found.values(), key=lambda change: (_ORDER.index(change.impact), change.new_place)))
