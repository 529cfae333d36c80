from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.replay import method_of
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE319", severity=Severity.WARNING, since="0.1.0")
def schema_without_body(spec: Spec) -> Iterator[Finding]:
    """A response without a body has a schema."""
    for endpoint in spec.endpoints:
        success = endpoint.response.success if endpoint.response else None
        if success is None or success.schema is None or not success.status:
            continue
        if all(status.value.strip() in ("204", "205", "304") for status in success.status):
            yield Finding(
                success.status[0].span,
                f"a response with the status {success.status[0].value} has no body, so the schema has no effect",
                "remove the schema, or declare the status that has a body",
                related=(Label(success.schema.key_span, "the schema"),),
            )
        elif method_of(endpoint) == "HEAD":
            yield Finding(success.schema.key_span, "a response to HEAD has no body", "remove the schema")
