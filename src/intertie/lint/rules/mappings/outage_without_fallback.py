from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE436", severity=Severity.WARNING, since="0.1.0")
def outage_without_fallback(spec: Spec) -> Iterator[Finding]:
    """The spec has a fallback, but an outage does not use it."""
    block = spec.fallback_behavior
    if block is None or block.strategy is None or (block.enabled and not block.enabled.value):
        return
    rows = [row for row in spec.error_mapping if row.action and row.action.value == "fallback" and row.external_code]
    codes = [row.external_code.value.strip().lower() for row in rows if row.external_code]
    if rows and "5xx" not in codes and all(code.startswith("5") and code.isdigit() for code in codes):
        place = rows[0].external_code
        if place:
            yield Finding(
                place.span,
                f"only {', '.join(codes)} fall back; timeouts, network errors and an open breaker fail",
                "write `5xx`, which covers them too",
            )
