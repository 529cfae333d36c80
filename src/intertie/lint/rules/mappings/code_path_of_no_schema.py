from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.members import may_have
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE435", severity=Severity.WARNING, since="0.1.0")
def code_path_of_no_schema(spec: Spec) -> Iterator[Finding]:
    """The provider's code or message is read from a field that no error has.

    ## What it does
    Looks up `error_code_path` and `error_message_path` in the schemas of the declared errors.

    ## Why it matters
    No code is found, and every row for one of the provider's codes is idle: all errors look alike. No message is
    found, and nobody reads what the provider says.

    ## Example
    ```yaml
    response:
      success:
        status: 200
        content_type: application/json
      errors:
        '404':
          description: No such country
          schema: {type: object, properties: {code: {type: string}}}
    error_code_path: error.code
    error_mapping:
      - external_code: unknown_country
        internal_code: UNKNOWN_COUNTRY
        message: We do not deliver there.
        action: fail
    ```

    ## Use instead
    ```yaml
    response:
      success:
        status: 200
        content_type: application/json
      errors:
        '404':
          description: No such country
          schema: {type: object, properties: {code: {type: string}}}
    error_code_path: code
    error_mapping:
      - external_code: unknown_country
        internal_code: UNKNOWN_COUNTRY
        message: We do not deliver there.
        action: fail
    ```

    ## References
    Spec format, error handling.
    """
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
                "write the path as the schema of the errors has it",
                related=(Label(schemas[0].key_span, "an error's schema"),),
            )
