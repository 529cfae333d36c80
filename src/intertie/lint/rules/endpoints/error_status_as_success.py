from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE310", severity=Severity.WARNING, since="0.1.0")
def error_status_as_success(spec: Spec) -> Iterator[Finding]:
    """A status is declared as success that says the opposite.

    ## What it does
    Looks for statuses from 400 up in `response.success.status`.

    ## Why it matters
    The call would succeed with the service's error as its data; it would be mapped, validated, cached and returned as one.

    ## Example
    ```yaml
    response:
      success:
        status: [200, 404]
        content_type: application/json
    ```

    ## Use instead
    ```yaml
    response:
      success:
        status: 200
        content_type: application/json
      errors:
        '404':
          description: No such country
    ```

    ## References
    RFC 9110 section 15, status codes.
    """
    for endpoint in spec.endpoints:
        success = endpoint.response.success if endpoint.response else None
        for status in success.status if success else ():
            if re.fullmatch(r"[45](\d\d|xx)", status.value.strip().lower()):
                yield Finding(
                    status.span, f"`{status.value}` is an error, not a success", "move it to `response.errors`"
                )
