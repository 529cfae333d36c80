from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.members import may_have
from intertie.lint.personal import known_fields
from intertie.lint.planned import inbound_rows
from intertie.lint.rule import rule
from intertie.lint.transform_types import argument_paths
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE423", severity=Severity.WARNING, since="0.1.0")
def unknown_transform_argument(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """A transform reads an argument that does not exist."""
    told: set[str] = set()
    for each in inbound_rows(spec, plan):
        schema, transform = each.operation.result.schema, each.row.transform
        if schema is None or transform is None or each.source in told:
            continue
        unknown = next((name for name in argument_paths(transform.value) if not may_have(schema.json, name)), None)
        if unknown is not None:
            told.add(each.source)
            yield Finding(transform.span, f"the response has no `{unknown}`", "write a field of the schema")
    known = {row.internal_field.value for row in spec.outbound if row.internal_field} | known_fields(
        spec, answers=False
    )
    for out in spec.outbound:
        for name in argument_paths(out.transform.value) if out.transform else ():
            near = get_close_matches(name, sorted(known), n=1, cutoff=0.75)
            if out.transform and name not in known and near:
                yield Finding(out.transform.span, f"there is no input `{name}`", f"did you mean `{near[0]}`?")
