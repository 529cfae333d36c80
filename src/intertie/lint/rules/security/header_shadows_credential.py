from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE614", severity=Severity.WARNING, since="0.1.0")
def header_shadows_credential(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """An endpoint declares the header that carries the credential."""
    auth = plan.auth
    carrier = (
        "authorization"
        if auth.type == "basic"
        else auth.name.lower()
        if auth.type == "api_key" and auth.location == "header"
        else ""
    )
    for endpoint in spec.endpoints if carrier else ():
        request = endpoint.request
        names = [header.name for header in request.headers] if request else []
        names += [
            parameter.name
            for parameter in (request.parameters if request else ())
            if parameter.location and parameter.location.value == "header"
        ]
        for name in names:
            if name and name.value.strip().lower() == carrier:
                yield Finding(
                    name.span,
                    f"`{name.value}` already carries the credential of `authentication`",
                    "remove the header",
                )
