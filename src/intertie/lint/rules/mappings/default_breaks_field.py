from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.members import schema_at
from intertie.lint.planned import first_error, outbound_rows
from intertie.lint.rule import rule
from intertie.runtime.mapping import MISSING, to_json_ready
from intertie.runtime.plan import MappingRow, OperationPlan, Plan
from intertie.runtime.schemas import CompiledSchema
from intertie.spec.model import Spec


@rule(code="TIE414", severity=Severity.ERROR, since="0.1.0", judges="spec")
def default_breaks_field(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """The default of a mapping row is not valid for its field."""
    told: set[str] = set()
    for each in outbound_rows(spec, plan):
        default = each.row.default
        if default is None or each.source in told:
            continue
        target, value = _schema_of(each.operation, each.field.value), _sent(each.planned)
        broken = first_error(target, value) if target is not None and value is not MISSING else None
        if broken:
            told.add(each.source)
            yield Finding(
                default.span,
                f"the default of `{each.field.value}` breaks {broken}",
                "write a default that the service accepts",
            )


def _schema_of(operation: OperationPlan, name: str) -> CompiledSchema | None:
    """Return what a field of the body, or a parameter of that name, has to be; None where nothing is said."""
    message = operation.wire.message
    member = schema_at(message.json, name) if message is not None else None
    return CompiledSchema(member) if member is not None else operation.wire.slots.get(name)


def _sent(row: MappingRow) -> object:
    """Return what the default becomes, `MISSING` where that hangs on other fields of the input."""
    if row.transform is None:
        return row.default
    try:
        return to_json_ready(row.transform.apply(row.default, {}))
    except ValueError:
        # It reads another field, such as a currency: what comes out is not known here.
        return MISSING
