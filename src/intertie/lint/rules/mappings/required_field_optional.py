from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.members import is_optional
from intertie.lint.planned import inbound_rows
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE411", severity=Severity.WARNING, since="0.1.0")
def required_field_optional(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """A mapping requires a field that the schema leaves optional."""
    told: set[str] = set()
    for each in inbound_rows(spec, plan):
        schema, required = each.operation.result.schema, each.row.required
        if schema is None or not each.planned.required or each.planned.has_default or each.source in told:
            continue
        if required and is_optional(schema.json, each.field.value):
            told.add(each.source)
            name = each.endpoint.name.value if each.endpoint.name else each.operation.id
            success = each.endpoint.response.success if each.endpoint.response else None
            label = (Label(success.schema.span, "its schema"),) if success and success.schema else ()
            yield Finding(
                required.span,
                f"a valid response of {name} may lack `{each.field.value}`",
                "require it in the schema too, add a `default`, or write `required: false`",
                related=label,
            )
