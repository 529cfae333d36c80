from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.around import Around
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE511", severity=Severity.WARNING, since="0.1.0")
def missing_case_file(spec: Spec, around: Around) -> Iterator[Finding]:
    """The file of a case does not exist."""
    for case in spec.cases:
        path = case.path
        if path and not path.value.endswith(".yml") and not around.has_case(path.value):
            yield Finding(path.span, f"the case `{path.value}` does not exist", "write the case, or remove the line")
