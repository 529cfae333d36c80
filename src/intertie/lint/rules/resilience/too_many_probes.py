from __future__ import annotations

from collections.abc import Iterator

from intertie.core.plurals import plural
from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE243", severity=Severity.WARNING, since="0.1.0")
def too_many_probes(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """The half-open breaker sends a flood of probes."""
    block, options = spec.circuit_breaker, plan.breaker
    probes = block.half_open_requests if block else None
    if probes and options and probes.value > max(20, 2 * options.success_threshold):
        yield Finding(
            probes.span,
            f"the half-open breaker sends {plural(probes.value, 'probe')} at once but needs only "
            f"{plural(options.success_threshold, 'success', 'successes')} to close",
            f"set it to {options.success_threshold}",
        )
