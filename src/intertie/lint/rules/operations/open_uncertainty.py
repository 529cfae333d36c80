from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE513", severity=Severity.INFO, since="0.1.0")
def open_uncertainty(spec: Spec) -> Iterator[Finding]:
    """The spec has an open question."""
    status = spec.front_matter.status if spec.front_matter else None
    if status is None or status.value != "approved":
        for question in spec.uncertainties:
            yield Finding(question.span, f"open question: {question.value}", "remove it once it is answered")
