from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import has_key_at
from intertie.spec.model import Spec


@rule(code="TIE437", severity=Severity.INFO, since="0.1.0")
def error_row_without_action(spec: Spec) -> Iterator[Finding]:
    """An error row has no action."""
    for row in spec.error_mapping:
        if row.action is None and row.external_code and not has_key_at(spec, row, "action"):
            yield Finding(
                row.external_code.span,
                f"the row for `{row.external_code.value}` has no action, so the call fails",
                "write `action: fail`",
            )
