from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.members import schema_at
from intertie.lint.planned import outbound_rows
from intertie.lint.rule import rule
from intertie.lint.transform_types import last_number
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE427", severity=Severity.WARNING, since="0.1.0")
def truncated_too_late(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """A text is truncated to more than its field accepts."""
    told: set[str] = set()
    for each in outbound_rows(spec, plan):
        schema = each.operation.wire.message
        transform = each.row.transform
        if schema is None or transform is None or each.source in told:
            continue
        length = last_number(transform.value, "truncate")
        member = schema_at(schema.json, each.field.value)
        most = member.get("maxLength") if member else None
        if length is not None and isinstance(most, int) and length > most:
            told.add(each.source)
            yield Finding(
                transform.span,
                f"the text is cut to {length:g} characters, but `{each.field.value}` accepts only {most}",
                f"write `truncate({most})`",
            )
