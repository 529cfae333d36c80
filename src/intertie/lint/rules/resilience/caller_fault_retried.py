from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE208", severity=Severity.WARNING, since="0.1.0")
def caller_fault_retried(spec: Spec) -> Iterator[Finding]:
    """A status is retried that the same request will get again.

    ## What it does
    Looks in `retry_on` for statuses that say the request itself is wrong (400, 401, 403, 404, 405, 410, 413, 414, 415, 422
    and the class `4xx`), that the service can't do it at all (501, 505, 511) or that it succeeded (2xx, 3xx).

    ## Why it matters
    Sent again unchanged, such a request fails again. The tries cost time, permits and money, and a service may take them
    for an attack.

    ## Example
    ```yaml
    retry:
      max_attempts: 3
      initial_delay: 100
      max_delay: 1000
      retry_on: [404, 503]
    ```

    ## Use instead
    ```yaml
    retry:
      max_attempts: 3
      initial_delay: 100
      max_delay: 1000
      retry_on: [429, 503]
    ```

    ## References
    RFC 9110 section 15.5, client error statuses.
    """
    futile = {
        "400",
        "401",
        "403",
        "404",
        "405",
        "410",
        "413",
        "414",
        "415",
        "422",
        "501",
        "505",
        "511",
        "4xx",
        "2xx",
        "3xx",
    }
    for status in spec.retry.retry_on if spec.retry else ():
        text = status.value.strip().lower()
        if text in futile or re.fullmatch(r"[23]\d\d", text):
            yield Finding(
                status.span,
                f"`{text}` is retried, and the same request will get it again",
                "take it out of `retry_on`; 408, 409, 425, 429 and 5xx may pass",
            )
