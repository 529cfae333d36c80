from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.members import schema_at, types_of
from intertie.lint.planned import PlannedRow, inbound_rows, outbound_rows
from intertie.lint.rule import rule
from intertie.lint.transform_types import mismatch, text_kind
from intertie.lint.words import listed
from intertie.runtime.plan import Plan
from intertie.spec.model import InboundRow, OutboundRow, Spec


@rule(code="TIE413", severity=Severity.ERROR, since="0.1.0", judges="spec")
def transform_takes_other_type(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """A transform does not fit the type of its field."""
    told: set[str] = set()
    rows: Iterator[PlannedRow[InboundRow] | PlannedRow[OutboundRow]]
    rows = chain(inbound_rows(spec, plan), outbound_rows(spec, plan))
    for each in rows:
        inbound, transform = isinstance(each.row, InboundRow), each.row.transform
        schema = each.operation.result.schema if inbound else each.operation.wire.message
        if schema is None or transform is None or each.source in told:
            continue
        field = schema_at(schema.json, each.field.value)
        types = types_of(field)
        wrong = mismatch(transform.value, types, inbound=inbound, text=text_kind(field))
        in_seconds = inbound and field is not None and field.get("format") == "unix-time"
        if in_seconds and not wrong and transform.value.strip() == "unix_ms_to_datetime":
            wrong = (
                "`unix_ms_to_datetime` takes milliseconds, but `{field}` has the format `unix-time`, which is seconds"
            )
        if wrong:
            told.add(each.source)
            yield Finding(
                transform.span,
                wrong.format(field=each.field.value),
                "choose a transform for that type, or correct the schema",
                related=(Label(each.field.span, f"{listed(sorted(types))} by the schema"),),
            )
