from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE418", severity=Severity.WARNING, since="0.1.0")
def caller_fault_row_retries(spec: Spec) -> Iterator[Finding]:
    """An error row retries what the same request will get again.

    ## What it does
    Looks for `action: retry` beside a status that says that the request itself is wrong.

    ## Why it matters
    Sent again unchanged, such a request fails again. The tries cost time, permits and money.

    ## Example
    ```yaml
    error_mapping:
      - external_code: 422
        internal_code: BAD_WEIGHT
        action: retry
    ```

    ## Use instead
    ```yaml
    error_mapping:
      - external_code: 422
        internal_code: BAD_WEIGHT
        action: fail
    ```

    ## References
    RFC 9110 section 15.5, client error statuses.
    """
    futile = {"400", "401", "403", "404", "405", "410", "413", "414", "415", "422", "4xx"}
    for row in spec.error_mapping:
        text = row.external_code.value.strip().lower() if row.external_code else ""
        if text in futile and row.action and row.action.value == "retry":
            yield Finding(
                row.action.span, f"a `{text}` is tried again, and the same request will get it again", "write `fail`"
            )
