from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.personal import personal_fields
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE607", severity=Severity.HINT, since="0.1.0")
def personal_field_in_url(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """A personal field is sent in the URL."""
    personal = {name for name, _ in personal_fields(spec, plan)}
    filled = {row.external_field.value for row in spec.outbound
              if row.external_field and row.internal_field and row.internal_field.value in personal}  # fmt: skip
    for endpoint in spec.endpoints:
        for parameter in endpoint.request.parameters if endpoint.request else ():
            where = parameter.location.value if parameter.location else ""
            if parameter.name and where in ("query", "path") and parameter.name.value in personal | filled:
                yield Finding(
                    parameter.name.span,
                    f"`{parameter.name.value}` is personal, but the {where} is part of the URL, which is "
                    "logged on the way",
                    "send it in the body or a header if the service accepts it there",
                )
