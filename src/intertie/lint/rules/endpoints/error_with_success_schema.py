from __future__ import annotations

from collections.abc import Iterator

from intertie.compiler.schema_fields import has_field
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Schema, Spec


@rule(code="TIE346", severity=Severity.WARNING, since="0.1.0")
def error_with_success_schema(spec: Spec) -> Iterator[Finding]:
    """An error has the schema of the success response."""
    for endpoint in spec.endpoints:
        success = endpoint.response.success if endpoint.response else None
        name = success.schema.value.name if success and success.schema else None
        for status, answer in endpoint.response.errors if endpoint.response and name else ():
            if answer.schema is None or success is None or success.schema is None or answer.schema.value.name != name:
                continue
            if not _is_envelope(success.schema.value):
                yield Finding(
                    answer.schema.span,
                    f"the schema of the error {status.value} is `{name}`, the schema of the success",
                    "use the schema of the provider's errors",
                    related=(Label(success.schema.span, "the success"),),
                )


def _is_envelope(schema: Schema) -> bool:
    """Return whether a schema has room for an error beside what is asked for, as that of Cloudflare or Slack has."""
    return any(has_field(schema.json, (name,)) for name in _ERROR_MEMBERS)


_ERROR_MEMBERS = ("error", "errors", "error_code", "error_message", "errorCode", "errorMessage", "fault", "faults")
