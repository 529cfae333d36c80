from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.replay import is_read, method_of
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE308", severity=Severity.WARNING, since="0.1.0")
def body_on_read(spec: Spec) -> Iterator[Finding]:
    """A GET or HEAD request has a body."""
    for endpoint in spec.endpoints:
        body = endpoint.request.body if endpoint.request else None
        if body and is_read(endpoint):
            yield Finding(
                body.head,
                f"a {method_of(endpoint)} request has a body",
                "send the values as query parameters, or use POST",
            )
