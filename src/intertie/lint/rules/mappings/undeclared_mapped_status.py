from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.words import listed
from intertie.spec.model import Spec


@rule(code="TIE416", severity=Severity.INFO, since="0.1.0")
def undeclared_mapped_status(spec: Spec) -> Iterator[Finding]:
    """A status is mapped that no endpoint declares.

    ## What it does
    Compares the rows for single 4xx statuses with `response.errors` of all endpoints, where any endpoint declares
    errors. What every service may answer (401, 403, 408, 409, 425, 429) is left out.

    ## Why it matters
    Perhaps the row is a leftover, or the status a slip; or an endpoint should declare it, so that the mock answers with
    it.

    ## Example
    ```yaml
    response:
      success:
        status: 200
        content_type: application/json
      errors:
        '404':
          description: No such country
    error_mapping:
      - {external_code: 404, internal_code: UNKNOWN_COUNTRY, action: fail}
      - {external_code: 422, internal_code: BAD_WEIGHT, action: fail}
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
        '422':
          description: Weight out of range
    error_mapping:
      - {external_code: 404, internal_code: UNKNOWN_COUNTRY, action: fail}
      - {external_code: 422, internal_code: BAD_WEIGHT, action: fail}
    ```

    ## References
    Spec format, error handling.
    """
    declared = {
        status.value.strip().lower()
        for endpoint in spec.endpoints
        for status, _ in (endpoint.response.errors if endpoint.response else ())
    }
    for row in spec.error_mapping if declared else ():
        code = row.external_code
        text = code.value.strip().lower() if code else ""
        if code and re.fullmatch(r"4\d\d", text) and text not in _ANYWHERE and not declared & {text, "4xx", "default"}:
            yield Finding(
                code.span,
                f"no endpoint declares `{code.value}`; declared are {listed(sorted(declared))}",
                "declare it where it can come, or take the row out",
            )


_ANYWHERE = frozenset({"401", "403", "408", "409", "425", "429"})
