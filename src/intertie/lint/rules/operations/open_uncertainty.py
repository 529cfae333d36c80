from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE513", severity=Severity.INFO, since="0.1.0")
def open_uncertainty(spec: Spec) -> Iterator[Finding]:
    """A question about the integration is open.

    ## What it does
    Lists the entries under Uncertainties of a spec that is not approved.

    ## Why it matters
    They should be answered before the spec is approved.

    ## Example
    ````markdown
    ---
    id: INT-900
    type: Integration
    name: Parcel Rates
    status: review
    service: parcel-rates
    ---
    ## Uncertainties
    - Does a quote cost money?
    ````

    ## Use instead
    ````markdown
    ---
    id: INT-900
    type: Integration
    name: Parcel Rates
    status: review
    service: parcel-rates
    ---
    ## Uncertainties
    ````

    ## References
    Spec format, uncertainties.
    """
    status = spec.front_matter.status if spec.front_matter else None
    if status is None or status.value != "approved":
        for question in spec.uncertainties:
            yield Finding(question.span, f"open: {question.value}")
