from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.transform_types import calls_of
from intertie.spec.model import Spec


@rule(code="TIE429", severity=Severity.ERROR, since="0.1.0", judges="spec")
def division_by_zero(spec: Spec) -> Iterator[Finding]:
    """A transform divides or multiplies by zero."""
    transforms = [row.transform for row in spec.inbound] + [row.transform for row in spec.outbound]
    for transform in transforms:
        for name, number in calls_of(transform.value) if transform else ():
            if transform and name in ("divide", "multiply") and number == 0:
                what = "a value can't be divided by 0" if name == "divide" else "multiplied by 0, every value is 0"
                yield Finding(transform.span, what, "write the factor between the two units")
