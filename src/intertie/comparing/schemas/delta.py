"""One difference between two schemas."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Effect(StrEnum):
    """What the newer schema accepts, measured by the older one."""

    NARROWER = "narrower"
    WIDER = "wider"
    OTHER = "other"
    """Neither contains the other, or it can't be known."""
    NOTE = "note"
    """Nothing that a validator looks at."""


class Aspect(StrEnum):
    """What a difference is about; each is judged by a rule of its own."""

    FIELD = "field"
    """A field that is there in one schema alone."""
    REQUIRED = "required"
    """A field of both that is obligatory in one alone."""
    TYPE = "type"
    """Types and alternatives."""
    CHOICES = "choices"
    """The values that there may be."""
    BOUNDS = "bounds"
    """Bounds, lengths, patterns, formats and all other rules for a value."""
    NOTE = "note"
    """Nothing that a validator looks at."""


_ASPECTS = {
    "field": Aspect.FIELD,
    "required": Aspect.REQUIRED,
    **dict.fromkeys(("type", "anyOf", "oneOf", "allOf", "not", "if", "then", "else"), Aspect.TYPE),
    **dict.fromkeys(("enum", "const"), Aspect.CHOICES),
}


class Delta(Struct, frozen=True):
    """A difference with its place.

    Attributes:
        keyword: What differs: `type`, `enum`, `minimum`, …; `field` for one that is there in one schema alone,
            `required` where a field that both have is obligatory in one alone.
        path: Where, as people write it: `items[].sku`, empty for the whole.
        steps: Where, as steps of a schema: `properties`, `items`, then the keyword.
        old, new: As text, None where it is absent.
        obligatory: Of `field`: whether the schema that has it requires it.
        open: Of `field`: whether the schema that lacks it accepts others than it names.
        words: What has changed, where that is shorter than both texts.
    """

    keyword: str
    path: str
    steps: tuple[str | int, ...]
    effect: Effect
    old: str | None
    new: str | None
    obligatory: bool = False
    open: bool = True
    words: str = ""

    @property
    def aspect(self) -> Aspect:
        """What the difference is about."""
        return Aspect.NOTE if self.effect is Effect.NOTE else _ASPECTS.get(self.keyword, Aspect.BOUNDS)

    @property
    def said(self) -> str:
        """Say what has changed."""
        return self.words or f"{self.keyword} {self.new or 'none'} instead of {self.old or 'none'}"
