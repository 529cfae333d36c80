from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.replay import method_of
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE335", severity=Severity.INFO, since="0.1.0")
def body_on_delete(spec: Spec) -> Iterator[Finding]:
    """A DELETE request has a body."""
    for endpoint in spec.endpoints:
        body = endpoint.request.body if endpoint.request else None
        if body and method_of(endpoint) == "DELETE":
            yield Finding(
                body.head,
                "a body has no defined meaning in a DELETE request",
                "send the values in the path or the query",
            )
