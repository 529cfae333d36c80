from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE537", severity=Severity.INFO, since="0.1.0")
def unused_sandbox(spec: Spec) -> Iterator[Finding]:
    """A sandbox is configured but not used."""
    tests = spec.testing.integration_tests if spec.testing else None
    if tests and tests.sandbox_url and tests.use_sandbox and not tests.use_sandbox.value:
        yield Finding(
            tests.sandbox_url.span,
            "no test uses this sandbox",
            "write `use_sandbox: true`, or remove the line",
            related=(Label(tests.use_sandbox.span, "the sandbox is off"),),
        )
