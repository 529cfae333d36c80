from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE326", severity=Severity.WARNING, since="0.1.0")
def paginated_write(spec: Spec) -> Iterator[Finding]:
    """An endpoint that writes has pagination."""
    for endpoint in spec.endpoints:
        method = endpoint.endpoint.method if endpoint.endpoint else None
        if endpoint.pagination and method and method.value in ("PUT", "PATCH", "DELETE"):
            yield Finding(
                method.span,
                f"each page would be a {method.value} of its own",
                "take the pagination out, or name the method that reads",
                related=(Label(endpoint.pagination.head, "the pages"),),
            )
