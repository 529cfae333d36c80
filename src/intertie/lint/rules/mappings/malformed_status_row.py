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
    """The code of an error row is almost a status and matches nothing."""
    for row in spec.error_mapping:
        code = row.external_code
        text = code.value.strip().lower() if code else ""
        if code and re.fullmatch(r"\d{1,2}[x*]{1,2}|[x*]{1,2}\d?", text) and not re.fullmatch(r"[1-5]xx", text):
            near = f"{text[0]}xx" if re.match(r"[1-5]", text) else ""
            yield Finding(
                code.span,
                f"`{code.value}` is neither a status nor a class of statuses",
                f"did you mean `{near}`?" if near else "write a class as `4xx` or `5xx`",
                fix=write(near, code.span, safe=False) if near else None,
            )
