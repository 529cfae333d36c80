from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.around import Around
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.words import listed
from intertie.spec.model import Spec


@rule(code="TIE105", severity=Severity.ERROR, since="0.1.0", judges="surroundings")
def duplicate_id(spec: Spec, around: Around) -> Iterator[Finding]:
    """Two specs of a workspace have the same id."""
    given = spec.front_matter.id if spec.front_matter else None
    if not given:
        return
    others = around.ids.get(given.value, ())
    if others:
        # With hundreds of copies of one spec, each of their findings would name all the others.
        named, more = others[:_NAMED], len(others) - _NAMED
        shown = [place.path for place in named] + ([f"{more} other specs"] if more > 0 else [])
        yield Finding(
            given.span,
            f"`{given.value}` is also the id of {listed(shown)}",
            "give one of them another number",
            related=tuple(Label(place, "the same id") for place in named),
        )


_NAMED = 3
