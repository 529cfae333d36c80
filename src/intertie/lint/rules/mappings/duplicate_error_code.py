from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.mends import remove_row
from intertie.lint.rule import rule
from intertie.spec.model import ErrorRow, Spec


@rule(code="TIE403", severity=Severity.ERROR, since="0.1.0", judges="spec")
def duplicate_error_code(spec: Spec) -> Iterator[Finding]:
    """Two error rows match the same code."""
    seen: dict[str, ErrorRow] = {}
    for row in spec.error_mapping:
        code = row.external_code
        if code is None:
            continue
        first = seen.get(code.value)
        if first is not None and first.external_code is not None:
            yield Finding(
                code.span,
                f"`{code.value}` already has a row",
                "merge the rows, or correct the code",
                related=(Label(first.external_code.span, "the first"),),
                fix=remove_row(spec, row.span, first.span),
            )
        else:
            seen[code.value] = row
