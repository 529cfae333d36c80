from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE225", severity=Severity.WARNING, since="0.1.0")
def client_error_opens_breaker(spec: Spec) -> Iterator[Finding]:
    """The breaker counts mistakes of the caller as failures of the service."""
    for item in spec.circuit_breaker.failure_on if spec.circuit_breaker else ():
        text = str(item.value).strip().lower()
        if re.fullmatch(r"4(\d\d|xx)", text) and text not in ("408", "425", "429"):
            yield Finding(
                item.span,
                f"`{text}` is a mistake of the caller, but it counts as a failure of the service",
                "remove it from `failure_on`",
            )
