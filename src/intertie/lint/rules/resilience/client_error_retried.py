from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE208", severity=Severity.WARNING, since="0.1.0")
def client_error_retried(spec: Spec) -> Iterator[Finding]:
    """A retry is listed for a status that a repetition can't change."""
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
                f"`{text}` is retried, but the same request will fail the same way",
                "remove it from `retry_on`; 408, 409, 425, 429 and 5xx are worth a retry",
            )
