from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE112", severity=Severity.INFO, since="0.1.0")
def retired_spec(spec: Spec) -> Iterator[Finding]:
    """The integration is retired, so every call is refused."""
    status = spec.front_matter.status if spec.front_matter else None
    if status and status.value == "retired":
        yield Finding(
            status.span, "the integration is retired, so every call is refused", "remove the spec once nothing calls it"
        )
