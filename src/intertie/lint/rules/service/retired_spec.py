from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE112", severity=Severity.INFO, since="0.1.0")
def retired_spec(spec: Spec) -> Iterator[Finding]:
    """The integration is retired: every call is refused.

    ## What it does
    Notes `status: retired`.

    ## Why it matters
    A retired integration still checks and plans, but nothing is sent. Whoever reads the check should know.

    ## Example
    ````markdown
    ---
    id: INT-900
    type: Integration
    name: Parcel Rates
    status: retired
    service: parcel-rates
    ---
    ````

    ## Use instead
    ````markdown
    ---
    id: INT-900
    type: Integration
    name: Parcel Rates
    status: approved
    service: parcel-rates
    ---
    ````

    ## References
    Spec format, front matter.
    """
    status = spec.front_matter.status if spec.front_matter else None
    if status and status.value == "retired":
        yield Finding(status.span, "the integration is retired: every call is refused")
