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
    """The error mapping has a row for a status that no endpoint declares."""
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
                f"no endpoint declares `{code.value}`; declared: {listed(sorted(declared))}",
                "declare it at an endpoint, or remove the row",
            )


_ANYWHERE = frozenset({"401", "403", "408", "409", "425", "429"})
