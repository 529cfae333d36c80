from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import seconds_text
from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE234", severity=Severity.ERROR, since="0.1.0", judges="spec")
def breaker_never_stays_open(spec: Spec) -> Iterator[Finding]:
    """The breaker closes again at once."""
    timeout = spec.circuit_breaker.timeout if spec.circuit_breaker else None
    if timeout and 0 < timeout.value < 0.5:
        what = f"the breaker stays open for only {seconds_text(timeout.value)}, so the next call is already a probe"
        mend = "give the service time to recover, such as `30`"
        yield Finding(timeout.span, what, mend, severity=Severity.WARNING)
    elif timeout and timeout.value == 0:
        yield Finding(
            timeout.span, "the breaker opens and ends at once", "give the service time to recover, such as `30`"
        )
