from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.cases.case import Case
from intertie.spec.cases.shapes import strange_form
from intertie.spec.yaml_nodes import shorten


@rule(code="TIE701", severity=Severity.ERROR, since="0.1.0", judges="surroundings")
def unknown_case_form(case: Case) -> Iterator[Finding]:
    """A case has an unknown format."""
    strange = strange_form(case.root)
    if strange is not None:
        yield Finding(
            strange.span,
            f"this case is written in an unknown form (`{shorten(strange.text)}`), so nothing in it is checked",
            "write it with `id`, `type` and `steps`, `phases` or `setup_steps`; a later form needs a later Intertie",
        )
