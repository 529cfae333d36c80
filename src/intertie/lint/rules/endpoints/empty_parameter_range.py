from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Applicability, Edit, Fix, Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE314", severity=Severity.ERROR, since="0.1.0", judges="spec")
def empty_parameter_range(spec: Spec) -> Iterator[Finding]:
    """The range of a parameter is empty."""
    for endpoint in spec.endpoints:
        for parameter in endpoint.request.parameters if endpoint.request else ():
            low, high = parameter.minimum, parameter.maximum
            if low is None or high is None or not (_is_number(low.value) and _is_number(high.value)):
                continue
            if float(str(low.value)) > float(str(high.value)):
                edits = (Edit(low.span, high.text), Edit(high.span, low.text))
                yield Finding(
                    high.span,
                    f"no value is at least {low.text} and at most {high.text}",
                    "swap or correct the two",
                    related=(Label(low.span, "the minimum"),),
                    fix=Fix("swap minimum and maximum", edits, Applicability.UNSAFE),
                )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
