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
                f"each page would repeat the {method.value}",
                "remove the pagination, or correct the method",
                related=(Label(endpoint.pagination.head, "the pagination"),),
            )
