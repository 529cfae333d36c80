from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE310", severity=Severity.WARNING, since="0.1.0")
def error_status_as_success(spec: Spec) -> Iterator[Finding]:
    """A failure status is declared as success."""
    for endpoint in spec.endpoints:
        success = endpoint.response.success if endpoint.response else None
        for status in success.status if success else ():
            if re.fullmatch(r"[45](\d\d|xx)", status.value.strip().lower()):
                yield Finding(
                    status.span, f"`{status.value}` is an error, not a success", "move it to `response.errors`"
                )
