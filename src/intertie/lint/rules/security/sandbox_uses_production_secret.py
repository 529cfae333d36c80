from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE613", severity=Severity.WARNING, since="0.1.0")
def sandbox_uses_production_secret(spec: Spec) -> Iterator[Finding]:
    """The sandbox uses the production credential."""
    tests = spec.testing.integration_tests if spec.testing else None
    given = tests.test_credentials if tests else None
    config = spec.authentication.config if spec.authentication else None
    references = [config.secret, config.password, config.client_secret, config.key] if config else []
    same = next((each for each in references if given and each and each.value.strip() == given.value.strip()), None)
    if given and same:
        yield Finding(
            given.span,
            "this is the production credential",
            "use a credential of the sandbox",
            related=(Label(same.span, "production"),),
        )
