from __future__ import annotations

from collections.abc import Iterator

from intertie.core.errors import snake_case
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.members import may_have
from intertie.lint.planned import planned
from intertie.lint.rule import rule
from intertie.lint.words import listed
from intertie.runtime.plan import Plan
from intertie.spec.model import InboundRow, Spec


@rule(code="TIE419", severity=Severity.INFO, since="0.1.0")
def field_outside_schemas(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """A mapping row reads a field that is in no schema."""
    schemas = [operation.result.schema for operation in plan.operations.values() if operation.result.schema]
    users: dict[str, list[str]] = {}
    for endpoint, operation in planned(spec, plan):
        for planned_row in operation.inbound if operation.result.schema is None else ():
            users.setdefault(planned_row.source, []).append(endpoint.name.value if endpoint.name else operation.id)
    for row in spec.inbound if schemas else ():
        field = row.external_field
        if field is not None and row.endpoints:
            yield from _not_in_named(spec, plan, row)
        if field is None or row.endpoints or str(field.span) not in users:
            continue
        if not any(may_have(schema.json, field.value) for schema in schemas):
            yield Finding(
                field.span,
                f"no schema has `{field.value}`: it is read from responses without a schema "
                f"({listed(users[str(field.span)][:3])})",
                "correct the name, add the field to a schema, or name the row's `endpoints`",
            )


def _not_in_named(spec: Spec, plan: Plan, row: InboundRow) -> Iterator[Finding]:
    """Yield the endpoints that a row names and whose answer has no such field; none where that is all of them.

    Of a row that no endpoint has a use for the compiler tells.
    """
    field, named = row.external_field, {snake_case(name.value): name for name in row.endpoints}
    if field is None:
        return
    schemas = {operation.id: operation.result.schema for _, operation in planned(spec, plan) if operation.id in named}
    lacking = [name for name, schema in schemas.items() if schema and not may_have(schema.json, field.value)]
    for name in lacking if len(lacking) < len(schemas) else ():
        yield Finding(
            field.span,
            f"the response of {named[name].value} has no `{field.value}`, but the row names that endpoint",
            "remove the endpoint from the row, or correct the schema",
            related=(Label(named[name].span, "named here"),),
            severity=Severity.WARNING,
        )
