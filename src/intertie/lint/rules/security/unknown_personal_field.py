from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.personal import is_field, known_fields, personal_fields
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE606", severity=Severity.WARNING, since="0.1.0")
def unknown_personal_field(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """A personal field does not exist."""
    known = known_fields(spec)
    if not known:
        return
    for name, span in personal_fields(spec, plan):
        if not is_field(name, known, spec):
            near = get_close_matches(name, sorted(known), n=1)
            yield Finding(
                span,
                f"no field is named `{name}`",
                f"did you mean `{near[0]}`?" if near else "write the name of a field in a mapping or a schema",
            )
