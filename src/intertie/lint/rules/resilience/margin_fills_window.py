from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import parse_number, seconds_text
from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE244", severity=Severity.ERROR, since="0.1.0", judges="spec")
def margin_fills_window(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """The throttling margin is as long as the shortest rate window."""
    declared = spec.throttling.margin if spec.throttling else None
    limits = plan.limits
    if declared is None or limits is None or not limits.windows:
        return
    shortest_s = limits.windows[0].window_s
    fixed = limits.strategy == "fixed_window"
    if declared.value < (shortest_s / 2 if fixed else shortest_s):
        return
    number = parse_number(declared.text)
    margin, window = seconds_text(declared.value), seconds_text(shortest_s)
    lost = "no call could ever be sent" if fixed else "at least half of the limit is never used"
    yield Finding(
        declared.span,
        f"a margin of {margin} on a window of {window}: {lost}",
        f"write `{number:f}ms` if you mean milliseconds; `20ms` is the default"
        if number
        else "use a margin of some milliseconds; `20ms` is the default",
    )
