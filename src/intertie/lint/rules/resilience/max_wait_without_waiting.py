from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE237", severity=Severity.WARNING, since="0.1.0")
def max_wait_without_waiting(spec: Spec) -> Iterator[Finding]:
    """`max_wait` has no effect, because the limiter does not wait."""
    block = spec.throttling
    if block and block.max_wait and block.on_limit and block.on_limit.value == "reject":
        yield Finding(
            block.max_wait.span,
            "`max_wait` has no effect: with `on_limit: reject` no call waits",
            "write `on_limit: wait`, or remove `max_wait`",
            related=(Label(block.on_limit.span, "calls are refused at once"),),
        )
