"""How a field of the spec counts."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class How(StrEnum):
    """The way in which a field counts."""

    ENFORCED = "enforced"
    """Clients and the mock obey it: it is in the plan."""
    GENERATED = "generated"
    """It is written into what `intertie generate` makes."""
    CHECKED = "checked"
    """`intertie check` holds the rest of the spec and the workspace to it."""
    REPORTED = "not enforced"
    """`intertie plan` lists it as not enforced, with the reason."""


class Fate(Struct, frozen=True):
    """What becomes of a field, and where that is seen."""

    how: How
    where: str
