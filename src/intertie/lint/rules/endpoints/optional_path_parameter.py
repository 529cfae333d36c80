from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.mends import write
from intertie.lint.paths import path_parameters
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE303", severity=Severity.WARNING, since="0.1.0")
def optional_path_parameter(spec: Spec) -> Iterator[Finding]:
    """A path parameter is declared as optional."""
    for endpoint in spec.endpoints:
        for parameter in path_parameters(endpoint):
            required = parameter.required
            if required and not required.value and parameter.default is None:
                yield Finding(
                    required.span,
                    "a path parameter can't be optional",
                    "write `required: true`",
                    fix=write("true", required.span),
                )
