from __future__ import annotations

from collections.abc import Iterable, Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.tokens import tests_have_own_key
from intertie.spec.fields import Located
from intertie.spec.model import Spec


@rule(code="TIE514", severity=Severity.ERROR, since="0.1.0", judges="spec")
def sandbox_is_production(spec: Spec) -> Iterator[Finding]:
    """The sandbox for tests is the production service."""
    tests = spec.testing.integration_tests if spec.testing else None
    environments = {name.value: url for name, url in spec.service.environments} if spec.service else {}
    production = environments.get("production")
    sandbox = tests.sandbox_url if tests else None
    if production and tests_have_own_key(spec) and _has_one_host(production.value, environments.values()):
        return
    if sandbox and production and sandbox.value.rstrip("/") == production.value.rstrip("/"):
        yield Finding(
            sandbox.span,
            "the sandbox is the production service",
            "use the provider's sandbox, or remove the URL to use the mock",
            related=(Label(production.span, "production"),),
        )


def _has_one_host(production: str, urls: Iterable[Located[str]]) -> bool:
    """Return whether no environment goes anywhere else: the key alone tells a sandbox then."""
    return all(url.value.rstrip("/") == production.rstrip("/") for url in urls)
