from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.urls import is_secret_parameter
from intertie.spec.model import Spec


@rule(code="TIE611", severity=Severity.INFO, since="0.1.0")
def credential_parameter(spec: Spec) -> Iterator[Finding]:
    """A query parameter looks like a credential."""
    for endpoint in spec.endpoints:
        for parameter in endpoint.request.parameters if endpoint.request else ():
            in_query = parameter.location is not None and parameter.location.value == "query"
            if parameter.name and in_query and is_secret_parameter(parameter.name.value):
                yield Finding(
                    parameter.name.span,
                    f"`{parameter.name.value}` looks like a credential, and URLs are logged on the way",
                    "declare it under `authentication`, in a header if the service accepts one",
                )
