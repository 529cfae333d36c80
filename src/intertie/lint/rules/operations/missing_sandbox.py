from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import is_written
from intertie.spec.model import Spec


@rule(code="TIE527", severity=Severity.WARNING, since="0.1.0")
def missing_sandbox(spec: Spec) -> Iterator[Finding]:
    """Tests should use a sandbox, but the spec has none."""
    tests = spec.testing.integration_tests if spec.testing else None
    if tests is None or tests.use_sandbox is None or not tests.use_sandbox.value or tests.sandbox_url:
        return
    names = {name.value.lower() for name, _ in spec.service.environments} if spec.service else set()
    if not names & {"sandbox", "staging", "test", "testing"} and not is_written(
        spec, "testing", "integration_tests", "sandbox_url"
    ):
        yield Finding(
            tests.use_sandbox.span, "there is no sandbox", "add `sandbox_url`, or an environment named `sandbox`"
        )
