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
    """A field looks personal and is not marked as such.

    ## What it does
    Where bodies are logged or the fallback keeps them, looks for fields of the format `email`, and for names such as
    `phone`, `iban`, `birth_date` or `street`, that are not among the personal ones.

    ## Why it matters
    Only marked fields are masked by name; what no pattern knows goes to the log in clear.

    ## Example
    ```yaml
    monitoring:
      logging:
        include_body: true
    inbound:
      - external_field: tel
        internal_field: customer.phone_number
    ```

    ## Use instead
    ```yaml
    monitoring:
      logging:
        include_body: true
    inbound:
      - external_field: tel
        internal_field: customer.phone_number
    security:
      personal: [customer.phone_number]
    ```

    ## References
    Regulation (EU) 2016/679, article 4 (1).
    """
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
            what = "bodies are logged" if plan.logging.include_body else "the fallback keeps it"
            yield Finding(
                located.span,
                f"`{located.value}` looks personal, and {what}",
                "mark it under `security.personal` if it is",
            )
