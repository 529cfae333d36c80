from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.personal import is_named_in, is_of_sender, looks_personal, personal_fields
from intertie.lint.planned import PlannedRow, inbound_rows, outbound_rows
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import InboundRow, OutboundRow, Spec


@rule(code="TIE610", severity=Severity.INFO, since="0.1.0")
def unmarked_personal_field(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """A field looks personal but is not marked as such."""
    strategy = plan.fallback.strategy if plan.fallback is not None else ""
    logged = plan.logging.include_body
    said = spec.security.gdpr_privacy.value if spec.security and spec.security.gdpr_privacy else ""
    marked = {name.rpartition(".")[2] for name, _ in personal_fields(spec, plan)}
    told: set[str] = set()
    for each, kept in _rows(spec, plan, strategy):
        row = each.row
        pairs = [located for located in (row.external_field, row.internal_field) if located]
        if not (logged or kept) or each.source in told:
            continue
        if any(located.value.rpartition(".")[2] in marked or is_named_in(located.value, said) for located in pairs):
            continue
        located = next((each for each in pairs if looks_personal(each.value)), None)
        if located:
            told.add(each.source)
            what = "bodies are logged" if logged else "the fallback stores it"
            yield Finding(
                located.span,
                f"`{located.value}` looks personal, and {what}",
                "if it is personal, add it to `security.personal`",
            )


def _rows(
    spec: Spec, plan: Plan, strategy: str
) -> Iterator[tuple[PlannedRow[InboundRow] | PlannedRow[OutboundRow], bool]]:
    """Yield the rows of each operation, and whether the fallback keeps what they carry: answers of reads, or writes."""
    for answer in inbound_rows(spec, plan):
        yield answer, strategy == "cache" and answer.operation.is_read
    for request in outbound_rows(spec, plan):
        ours = request.row.default is not None and is_of_sender(request.field.value)
        if not ours:
            yield request, strategy == "queue" and not request.operation.is_read
