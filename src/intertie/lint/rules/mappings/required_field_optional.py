from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.members import is_optional
from intertie.lint.planned import planned
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE411", severity=Severity.WARNING, since="0.1.0")
def required_field_optional(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """A mapping needs a field that the schema leaves optional.

    ## What it does
    Looks at inbound rows with `required: true` whose field the answer's schema has, but does not require.

    ## Why it matters
    An answer without it is valid, and the call fails all the same: with a mapping error of ours, for something the
    service never promised.

    ## Example
    ```yaml
    response:
      success:
        status: 200
        content_type: application/json
        schema:
          type: object
          required: [price]
          properties:
            price: {type: number}
            note: {type: string}
    inbound:
      - external_field: note
        internal_field: remark
        required: true
    ```

    ## Use instead
    ```yaml
    response:
      success:
        status: 200
        content_type: application/json
        schema:
          type: object
          required: [price]
          properties:
            price: {type: number}
            note: {type: string}
    inbound:
      - external_field: price
        internal_field: amount
        required: true
    ```

    ## References
    Spec format, data mappings.
    """
    rows = {str(row.external_field.span): row for row in spec.inbound if row.external_field and row.required}
    told: set[str] = set()
    for endpoint, operation in planned(spec, plan):
        schema = operation.result.schema
        for planned_row in operation.inbound if schema else ():
            row = rows.get(planned_row.source)
            if row is None or not planned_row.required or planned_row.has_default or planned_row.source in told:
                continue
            if schema and row.required and row.external_field and is_optional(schema.json, row.external_field.value):
                told.add(planned_row.source)
                name = endpoint.name.value if endpoint.name else operation.id
                success = endpoint.response.success if endpoint.response else None
                label = (Label(success.schema.span, "its schema"),) if success and success.schema else ()
                yield Finding(
                    row.required.span,
                    f"the answer of {name} may be without `{row.external_field.value}`",
                    "require it in the schema too, give a `default`, or say `required: false`",
                    related=label,
                )
