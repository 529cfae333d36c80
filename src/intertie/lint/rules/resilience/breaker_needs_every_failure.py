from __future__ import annotations

from collections.abc import Iterator

from intertie.core.plurals import plural
from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE240", severity=Severity.WARNING, since="0.1.0")
def breaker_needs_every_failure(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """A single success keeps the breaker closed."""
    block, options = spec.circuit_breaker, plan.breaker
    if (
        block
        and block.failure_threshold
        and options
        and options.failure_ratio is not None
        and options.failure_ratio >= 1
    ):
        yield Finding(
            block.failure_threshold.span,
            f"the breaker opens only if all of {plural(options.window, 'call')} fail; a single success keeps it closed",
            "use a lower threshold, such as `50%`",
        )
