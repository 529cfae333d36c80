from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.tokens import tests_have_own_key
from intertie.spec.model import Spec


@rule(code="TIE111", severity=Severity.WARNING, since="0.1.0")
def development_is_production(spec: Spec) -> Iterator[Finding]:
    """Another environment uses the production URL."""
    environments = spec.service.environments if spec.service else ()
    production = next((url for name, url in environments if name.value == "production"), None)
    if production is None:
        return
    # A service with one host is told apart by the key, which the tests have of their own.
    severity = Severity.HINT if tests_have_own_key(spec) else None
    for name, url in environments:
        if name.value != "production" and url.value.rstrip("/") == production.value.rstrip("/"):
            yield Finding(
                url.span,
                f"`{name.value}` has the URL of production",
                "use the URL of a sandbox or of the mock, or remove the environment",
                related=(Label(production.span, "production"),),
                severity=severity or (None if name.value == "development" else Severity.INFO),
            )
