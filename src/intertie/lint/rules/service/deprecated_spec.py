from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE113", severity=Severity.HINT, since="0.1.0")
def deprecated_spec(spec: Spec) -> Iterator[Finding]:
    """The integration is deprecated, so every call logs a warning."""
    status = spec.front_matter.status if spec.front_matter else None
    if status and status.value == "deprecated":
        yield Finding(
            status.span,
            "the integration is deprecated, so every call logs a warning",
            "move callers to what replaces it",
        )
