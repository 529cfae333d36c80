"""Compares two versions of a spec: all rules, then what no rule weighs."""

from __future__ import annotations

from collections import Counter

from msgspec import Struct

from intertie.comparing.change import Change, Impact, merged
from intertie.comparing.fields import other_fields
from intertie.comparing.leftovers import other_settings
from intertie.comparing.rules import RULES
from intertie.comparing.sides import Pair, Side


class Comparison(Struct, frozen=True):
    """What differs between two versions.

    Attributes:
        title: Of the newer one, with its id.
        changes: Gravest first.
    """

    title: str
    changes: tuple[Change, ...]

    def count(self, impact: Impact) -> int:
        """Return how many changes are of one impact."""
        return Counter(change.impact for change in self.changes)[impact]

    @property
    def is_breaking(self) -> bool:
        """Whether code that calls today can fail."""
        return self.count(Impact.BREAKING) > 0


def compare(old: Side, new: Side) -> Comparison:
    """Return every difference between two versions that have plans, each told once."""
    pair = Pair(old, new)
    changes = [change for rule in RULES for change in rule.changes(pair)]
    changes += other_settings(pair, RULES)
    changes += other_fields(pair, changes)
    return Comparison(f"{new.plan.title} ({new.plan.id})", merged(changes))
