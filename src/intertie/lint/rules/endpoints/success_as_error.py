from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE318", severity=Severity.WARNING, since="0.1.0")
def success_as_error(spec: Spec) -> Iterator[Finding]:
    """A status is declared as an error that means success, or is declared as both.

    ## What it does
    Looks for 2xx statuses under `response.errors`, and for statuses that stand under `success` too.

    ## Why it matters
    What is both can be judged either way; the declaration of the error is never used.

    ## Example
    ```yaml
    response:
      success:
        status: 200
        content_type: application/json
      errors:
        '202':
          description: Later
    ```

    ## Use instead
    ```yaml
    response:
      success:
        status: [200, 202]
        content_type: application/json
    ```

    ## References
    RFC 9110 section 15.3, successful statuses.
    """
    for endpoint in spec.endpoints:
        success = endpoint.response.success if endpoint.response else None
        good = {status.value.strip().lower() for status in success.status} if success else set()
        for status, _ in endpoint.response.errors if endpoint.response else ():
            text = status.value.strip().lower()
            if text in good:
                yield Finding(status.span, f"`{status.value}` is declared as a success too", "keep one of the two")
            elif re.fullmatch(r"2(\d\d|xx)", text):
                yield Finding(status.span, f"`{status.value}` is a success", "move it to `response.success.status`")
