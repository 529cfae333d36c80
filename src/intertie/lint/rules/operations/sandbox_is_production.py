from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE514", severity=Severity.ERROR, since="0.1.0", judges="spec")
def sandbox_is_production(spec: Spec) -> Iterator[Finding]:
    """The sandbox of the tests is the production service.

    ## What it does
    Compares `integration_tests.sandbox_url` with the URL of the environment `production`.

    ## Why it matters
    Tests against the sandbox are free to write and delete. Here they would do it in production.

    ## Example
    ```yaml
    service:
      name: parcel-rates
      base_url: https://api.parcels.example
      environments:
        production: https://api.parcels.example
    testing:
      integration_tests:
        use_sandbox: true
        sandbox_url: https://api.parcels.example/
    ```

    ## Use instead
    ```yaml
    service:
      name: parcel-rates
      base_url: https://api.parcels.example
      environments:
        production: https://api.parcels.example
    testing:
      integration_tests:
        use_sandbox: true
        sandbox_url: https://sandbox.parcels.example/
    ```

    ## References
    Spec format, testing strategy.
    """
    tests = spec.testing.integration_tests if spec.testing else None
    environments = {name.value: url for name, url in spec.service.environments} if spec.service else {}
    production = environments.get("production")
    sandbox = tests.sandbox_url if tests else None
    if sandbox and production and sandbox.value.rstrip("/") == production.value.rstrip("/"):
        yield Finding(
            sandbox.span,
            "the sandbox is the production service",
            "name the provider's sandbox, or leave it out: the mock is used then",
            related=(Label(production.span, "production"),),
        )
