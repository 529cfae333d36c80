from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.replay import method_of
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE319", severity=Severity.WARNING, since="0.1.0")
def body_without_content(spec: Spec) -> Iterator[Finding]:
    """An answer that has no body is declared with a schema.

    ## What it does
    Looks for a `schema` where the only statuses of success are 204, 205 or 304, and under `HEAD`.

    ## Why it matters
    There is nothing to validate or map: what the schema promises never comes.

    ## Example
    ```yaml
    response:
      success:
        status: 204
        content_type: application/json
        schema: {type: object, properties: {id: {type: string}}}
    ```

    ## Use instead
    ```yaml
    response:
      success:
        status: 200
        content_type: application/json
        schema: {type: object, properties: {id: {type: string}}}
    ```

    ## References
    RFC 9110 section 15.3.5, 204 No Content.
    """
    for endpoint in spec.endpoints:
        success = endpoint.response.success if endpoint.response else None
        if success is None or success.schema is None or not success.status:
            continue
        if all(status.value.strip() in ("204", "205", "304") for status in success.status):
            yield Finding(
                success.status[0].span,
                f"an answer with the status {success.status[0].value} has no body, and a schema says what is in it",
                "take the schema out, or declare the status that comes with a body",
                related=(Label(success.schema.key_span, "the schema"),),
            )
        elif method_of(endpoint) == "HEAD":
            yield Finding(success.schema.key_span, "an answer to HEAD has no body", "take the schema out")
