from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.caller_faults import FUTILE, blames_caller
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE418", severity=Severity.WARNING, since="0.1.0")
def client_error_row_retries(spec: Spec) -> Iterator[Finding]:
    """An error row retries a request that will fail again."""
    for row in spec.error_mapping:
        code = row.external_code
        if code is None or row.action is None or row.action.value != "retry":
            continue
        text = code.value.strip().lower()
        if text in FUTILE:
            what = f"`{text}` is retried, but the same request will fail the same way"
        elif blames_caller(spec, code):
            what = f"`{code.value}` comes with responses that reject the request itself, but it is retried"
        else:
            continue
        yield Finding(row.action.span, what, "write `fail`")
