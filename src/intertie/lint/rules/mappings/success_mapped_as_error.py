from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE434", severity=Severity.ERROR, since="0.1.0", judges="spec")
def success_mapped_as_error(spec: Spec) -> Iterator[Finding]:
    """An error row is for a status that is not an error."""
    for row in spec.error_mapping:
        code = row.external_code
        if code and re.fullmatch(r"[1-3](?:\d\d|xx)", code.value.strip().lower()):
            yield Finding(
                code.span, f"`{code.value}` is not an error, so the row never applies", "write a status of 400 or above"
            )
