from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.members import schema_at
from intertie.lint.planned import inbound_rows
from intertie.lint.rule import rule
from intertie.lint.transform_types import enum_members
from intertie.lint.words import listed
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE426", severity=Severity.WARNING, since="0.1.0")
def enum_map_without_value(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """An enum map does not match the enum of its field."""
    told: set[str] = set()
    for each in inbound_rows(spec, plan):
        schema, transform = each.operation.result.schema, each.row.transform
        if schema is None or transform is None or each.source in told:
            continue
        members, is_closed = enum_members(transform.value)
        member = schema_at(schema.json, each.field.value)
        choices = member.get("enum") if member else None
        if not members or not isinstance(choices, list):
            continue
        told.add(each.source)
        values = [str(choice) for choice in choices if choice is not None]
        lacking = [value for value in values if value not in members] if is_closed else []
        unknown = [name for name in members if name not in values]
        if lacking:
            yield Finding(
                transform.span, f"the map lacks {listed(lacking)}, which the service may send", "add the missing values"
            )
        if unknown:
            yield Finding(
                transform.span,
                f"the service never sends {listed(unknown)}: `{each.field.value}` is {listed(values)}",
                "write the values of the schema, or correct the schema",
            )
