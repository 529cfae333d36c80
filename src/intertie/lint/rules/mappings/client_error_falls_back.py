from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.caller_faults import blames_caller
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE433", severity=Severity.WARNING, since="0.1.0")
def client_error_falls_back(spec: Spec) -> Iterator[Finding]:
    """A rejected request is queued or answered from the cache."""
    strategy = spec.fallback_behavior.strategy if spec.fallback_behavior else None
    if strategy is None or strategy.value not in ("queue", "cache"):
        return
    for row in spec.error_mapping:
        if (
            row.action
            and row.action.value == "fallback"
            and row.external_code
            and blames_caller(spec, row.external_code)
        ):
            what = "queued" if strategy.value == "queue" else "answered from the cache"
            yield Finding(
                row.action.span,
                f"`{row.external_code.value}` rejects the request itself, but it is {what}",
                "write `fail`",
            )
