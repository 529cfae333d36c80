from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE318", severity=Severity.WARNING, since="0.1.0")
def success_as_error(spec: Spec) -> Iterator[Finding]:
    """A success status is declared as an error."""
    for endpoint in spec.endpoints:
        success = endpoint.response.success if endpoint.response else None
        good = {status.value.strip().lower() for status in success.status} if success else set()
        for status, _ in endpoint.response.errors if endpoint.response else ():
            text = status.value.strip().lower()
            if text in good:
                yield Finding(status.span, f"`{status.value}` is also declared as a success", "keep one of the two")
            elif re.fullmatch(r"2(\d\d|xx)", text):
                yield Finding(status.span, f"`{status.value}` means success", "move it to `response.success.status`")
