from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE438", severity=Severity.INFO, since="0.1.0")
def error_without_words(spec: Spec) -> Iterator[Finding]:
    """An error has nothing to tell the user.

    ## What it does
    Looks for rows of `error_mapping` whose `message` is empty.

    ## Why it matters
    Where the message is shown, an empty line is shown.

    ## Example
    ```yaml
    error_mapping:
      - external_code: 404
        internal_code: UNKNOWN_COUNTRY
        message: ""
        action: fail
    ```

    ## Use instead
    ```yaml
    error_mapping:
      - external_code: 404
        internal_code: UNKNOWN_COUNTRY
        message: We do not deliver there.
        action: fail
    ```

    ## References
    Spec format, error handling.
    """
    for row in spec.error_mapping:
        if row.message and not row.message.value.strip():
            yield Finding(row.message.span, "the message is empty", "say in a few words what a user may do")
