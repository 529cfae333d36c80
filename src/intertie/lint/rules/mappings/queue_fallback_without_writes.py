from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.replay import method_of
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE405", severity=Severity.WARNING, since="0.1.0")
def queue_fallback_without_writes(spec: Spec) -> Iterator[Finding]:
    """The fallback is a queue, but no endpoint writes."""
    strategy = spec.fallback_behavior.strategy if spec.fallback_behavior else None
    methods = [method for endpoint in spec.endpoints if (method := method_of(endpoint))]
    if strategy and strategy.value == "queue" and methods and not set(methods) - {"GET", "HEAD", "OPTIONS"}:
        yield Finding(
            strategy.span,
            "the queue only takes writes, but no endpoint writes",
            "choose another strategy, such as `cache` or `default`",
        )
