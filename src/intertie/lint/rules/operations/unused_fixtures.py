from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE531", severity=Severity.INFO, since="0.1.0")
def unused_fixtures(spec: Spec) -> Iterator[Finding]:
    """Fixtures are configured but never used."""
    units = spec.testing.unit_tests if spec.testing else None
    if units and units.fixtures_location and units.mock_responses and not units.mock_responses.value:
        yield Finding(
            units.fixtures_location.span,
            "the fixtures are not used, because the mock is off",
            "write `mock_responses: true`, or remove the line",
            related=(Label(units.mock_responses.span, "the mock is off"),),
        )
