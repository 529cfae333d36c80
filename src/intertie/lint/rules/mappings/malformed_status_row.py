from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.mends import write
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE420", severity=Severity.WARNING, since="0.1.0")
def malformed_status_row(spec: Spec) -> Iterator[Finding]:
    """An error row's code is nearly a status, and matches nothing.

    ## What it does
    Looks for codes such as `9xx`, `50x` and `5x`: a status has three digits from 100 to 599, a class is `4xx` or `5xx`.

    ## Why it matters
    It is taken for a code of the provider's own, which no answer ever has.

    ## Example
    ```yaml
    error_mapping:
      - external_code: 50x
        internal_code: DOWN
        action: retry
    ```

    ## Use instead
    ```yaml
    error_mapping:
      - external_code: 5xx
        internal_code: DOWN
        action: retry
    ```

    ## References
    Spec format, error handling.
    """
    for row in spec.error_mapping:
        code = row.external_code
        text = code.value.strip().lower() if code else ""
        if code and re.fullmatch(r"\d{1,2}[x*]{1,2}|[x*]{1,2}\d?", text) and not re.fullmatch(r"[1-5]xx", text):
            near = f"{text[0]}xx" if re.match(r"[1-5]", text) else ""
            yield Finding(
                code.span,
                f"`{code.value}` is neither a status nor a class",
                f"did you mean `{near}`?" if near else "a class is `4xx` or `5xx`",
                fix=write(near, code.span, safe=False) if near else None,
            )
