from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE512", severity=Severity.ERROR, since="0.1.0", judges="spec")
def approved_with_uncertainties(spec: Spec) -> Iterator[Finding]:
    """An approved spec has open uncertainties."""
    status = spec.front_matter.status if spec.front_matter else None
    if status and status.value == "approved":
        for question in spec.uncertainties:
            yield Finding(
                question.span,
                "the spec is approved, but this question is open",
                "answer and remove it, or set the status to `review`",
                related=(Label(status.span, "the status"),),
            )
