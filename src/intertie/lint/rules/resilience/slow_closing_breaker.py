from __future__ import annotations

import math
from collections.abc import Iterator

from intertie.core.plurals import plural
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE220", severity=Severity.HINT, since="0.1.0")
def slow_closing_breaker(spec: Spec) -> Iterator[Finding]:
    """The breaker needs several rounds of probes to close."""
    breaker = spec.circuit_breaker
    if not (breaker and breaker.half_open_requests and breaker.success_threshold):
        return
    probes, needed = breaker.half_open_requests.value, breaker.success_threshold.value
    if probes < needed:
        yield Finding(
            breaker.half_open_requests.span,
            f"the breaker closes after {plural(needed, 'success', 'successes')} but sends only "
            f"{plural(probes, 'probe')} at a time: it takes {plural(math.ceil(needed / probes), 'round')}, and "
            "all other calls are refused meanwhile",
            "nothing needs to be done if that is meant; else raise `half_open_requests` or lower `success_threshold`",
            related=(Label(breaker.success_threshold.span, "the successes it needs to close"),),
        )
