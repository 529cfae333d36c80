from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE428", severity=Severity.INFO, since="0.1.0")
def required_with_default(spec: Spec) -> Iterator[Finding]:
    """A mapping row is required and has a default."""
    rows = [(row.required, row.default) for row in spec.inbound]
    rows += [(row.required, row.default) for row in spec.outbound]
    for required, default in rows:
        if required and required.value and default is not None and default.value is not None:
            yield Finding(
                required.span, "the field is never missing, because the default fills it", "remove one of the two"
            )
