from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE119", severity=Severity.WARNING, since="0.1.0")
def two_production_urls(spec: Spec) -> Iterator[Finding]:
    """The base URL and the production environment differ."""
    service = spec.service
    production = (
        next((url for name, url in service.environments if name.value.lower() == "production"), None)
        if service
        else None
    )
    if service and service.base_url and production and _bare(service.base_url.value) != _bare(production.value):
        yield Finding(
            service.base_url.span,
            f"the base URL is {service.base_url.value}, but `production` is {production.value}",
            "write the same URL in both, or name another environment for the second",
            related=(Label(production.span, "production"),),
        )


def _bare(url: str) -> str:
    return url.strip().rstrip("/").lower()
