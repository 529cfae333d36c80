from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.personal import looks_personal, personal_fields
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE610", severity=Severity.INFO, since="0.1.0")
def unmarked_personal_field(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """A field looks personal but is not marked as such."""
    kept = plan.fallback is not None and plan.fallback.strategy in ("cache", "queue")
    if not (plan.logging.include_body or kept):
        return
    marked = {name.rpartition(".")[2] for name, _ in personal_fields(spec, plan)}
    rows = [(row.external_field, row.internal_field) for row in spec.inbound]
    rows += [(row.external_field, row.internal_field) for row in spec.outbound]
    for both in rows:
        pairs = [located for located in both if located]
        if any(located.value.rpartition(".")[2] in marked for located in pairs):
            continue
        located = next((each for each in pairs if looks_personal(each.value)), None)
        if located:
            what = "bodies are logged" if plan.logging.include_body else "the fallback stores it"
            yield Finding(
                located.span,
                f"`{located.value}` looks personal, and {what}",
                "if it is personal, add it to `security.personal`",
            )
