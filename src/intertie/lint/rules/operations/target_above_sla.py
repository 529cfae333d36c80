from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import seconds_text
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.sla import response_time
from intertie.spec.fields import Located
from intertie.spec.model import Spec


@rule(code="TIE521", severity=Severity.WARNING, since="0.1.0")
def target_above_sla(spec: Spec) -> Iterator[Finding]:
    """An endpoint may be slower than the SLA allows.

    ## What it does
    Compares the SLA's response time with the target of the same percentile of each endpoint.

    ## Why it matters
    The endpoint can be as fast as declared, and the SLA is broken all the same.

    ## Example
    ````markdown
    ## SLA Requirements
    - **Response Time**: p95 < 250ms
    ## API Endpoints

    ### Quote Parcel
    ```yaml
    endpoint:
      path: /quotes/{country}
      method: GET
      description: Quotes a parcel.
    request:
      parameters:
        - {name: country, in: path, type: string, required: true, description: where to}
    response:
      success:
        status: 200
        content_type: application/json
    performance:
      p50: < 100
      p95: < 300
    ```
    ````

    ## Use instead
    ````markdown
    ## SLA Requirements
    - **Response Time**: p95 < 300ms
    ````

    ## References
    Spec format, SLA.
    """
    promised = response_time(spec)
    if promised is None or not promised.percentile:
        return
    for endpoint in spec.endpoints:
        target = getattr(endpoint.performance, promised.percentile, None) if endpoint.performance else None
        if isinstance(target, Located) and target.value > promised.value:
            yield Finding(
                target.span,
                f"{promised.percentile} may be {seconds_text(target.value)}, and the SLA allows "
                f"{seconds_text(promised.value)}",
                "tighten the target, or agree on another response time",
                related=(Label(promised.said.span, "the SLA"),),
            )
