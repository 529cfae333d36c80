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
        yield Finding(
            given.span,
            f"`{given.value}` is also the id of {listed(place.path for place in others)}",
            "give one of them another number",
            related=tuple(Label(place, "the same id") for place in others),
        )
