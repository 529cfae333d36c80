from __future__ import annotations

from collections.abc import Iterator, Mapping

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.planned import first_error, planned_rest
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE316", severity=Severity.WARNING, since="0.1.0")
def example_breaks_schema(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """An example response does not match its schema."""
    for endpoint, operation, wire in planned_rest(spec, plan):
        if endpoint.response is None:
            continue
        success = endpoint.response.success
        pairs = [(success.example, operation.result.schema)] if success else []
        schemas = {answer.status: answer.schema for answer in wire.response.errors}
        pairs += [(answer.example, schemas.get(status.value)) for status, answer in endpoint.response.errors]
        for example, schema in pairs:
            given = example is not None and not _is_reference(example.value)
            broken = first_error(schema, example.value) if example and given and schema else None
            if example and broken:
                yield Finding(example.span, f"the example breaks {broken}", "correct the example or the schema")


def _is_reference(example: object) -> bool:
    """Return whether an example stands elsewhere, as imported ones do: what it is can't be judged here."""
    return isinstance(example, Mapping) and isinstance(example.get("$ref"), str)
