from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE408", severity=Severity.WARNING, since="0.1.0")
def retried_status_fails(spec: Spec) -> Iterator[Finding]:
    """The retry policy retries a status that the error mapping fails at once.

    ## What it does
    Compares `retry_on` with the rows of `error_mapping` whose action is `fail`, the most specific row of each status.

    ## Why it matters
    `fail` means that the outcome is not retried, and it wins. The entry in `retry_on` has no effect, and one of the two is
    not what the author means.

    ## Example
    ```yaml
    error_mapping:
      - {external_code: 503, internal_code: DOWN, message: Try later., action: fail}
    ```

    ## Use instead
    ```yaml
    error_mapping:
      - {external_code: 503, internal_code: DOWN, message: Try later., action: retry}
    ```

    ## References
    Spec format, retry policy and error handling.
    """
    actions = {row.external_code.value.strip().lower(): row.action for row in spec.error_mapping if row.external_code}
    for status in spec.retry.retry_on if spec.retry else ():
        text = status.value.strip().lower()
        action = actions.get(text) or actions.get(f"{text[:1]}xx")
        if action and action.value == "fail":
            yield Finding(
                status.span,
                f"`{text}` is not retried: its error row says `fail`",
                "take it out of `retry_on`, or let the row say `retry`",
                related=(Label(action.span, "the row's action"),),
            )
