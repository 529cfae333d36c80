from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.members import may_have
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE435", severity=Severity.WARNING, since="0.1.0")
def code_path_outside_schemas(spec: Spec) -> Iterator[Finding]:
    """The error code or message is read from a field that no error has."""
    schemas = [
        answer.schema
        for endpoint in spec.endpoints
        for _, answer in (endpoint.response.errors if endpoint.response else ())
        if answer.schema
    ]
    for path in (spec.error_code_path, spec.error_message_path):
        if path and schemas and not any(may_have(schema.value.json, path.value) for schema in schemas):
            yield Finding(
                path.span,
                f"no declared error has `{path.value}`",
                "correct the path, or add the field to the schemas of the errors",
                related=(Label(schemas[0].key_span, "the schema of an error"),),
            )
