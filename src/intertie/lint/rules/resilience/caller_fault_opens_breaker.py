from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE225", severity=Severity.WARNING, since="0.1.0")
def caller_fault_opens_breaker(spec: Spec) -> Iterator[Finding]:
    """A caller's own mistake counts as a failure of the service.

    ## What it does
    Looks in `circuit_breaker.failure_on` for statuses that say that the request is wrong (4xx but 408, 425 and 429).

    ## Why it matters
    A few requests with a wrong id, sent by one caller, shut out all the others while the service is well.

    ## Example
    ```yaml
    circuit_breaker:
      failure_threshold: 5
      failure_on: [5xx, 404]
    ```

    ## Use instead
    ```yaml
    circuit_breaker:
      failure_threshold: 5
      failure_on: [5xx, timeout]
    ```

    ## References
    RFC 9110 section 15.5, client error statuses.
    """
    for item in spec.circuit_breaker.failure_on if spec.circuit_breaker else ():
        text = str(item.value).strip().lower()
        if re.fullmatch(r"4(\d\d|xx)", text) and text not in ("408", "425", "429"):
            yield Finding(
                item.span,
                f"a `{text}` counts as a failure of the service, and it is the caller's",
                "take it out of `failure_on`",
            )
