from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.planned import first_error, planned_rest
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE313", severity=Severity.ERROR, since="0.1.0", judges="spec")
def default_breaks_parameter(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """The default of a parameter is not a valid value for it."""
    for endpoint, _, wire in planned_rest(spec, plan):
        plans = {(each.name, each.location): each for each in wire.parameters}
        for parameter in endpoint.request.parameters if endpoint.request else ():
            if parameter.default is None or parameter.name is None or parameter.location is None:
                continue
            compiled = plans.get((parameter.name.value, parameter.location.value))
            broken = first_error(compiled.schema, parameter.default.value) if compiled else None
            if broken:
                yield Finding(
                    parameter.default.span,
                    f"the default of `{parameter.name.value}` breaks {broken}",
                    "write a default that the parameter accepts",
                )
