from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.paths import path_parameters, placeholders
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE301", severity=Severity.WARNING, since="0.1.0")
def undeclared_path_parameter(spec: Spec) -> Iterator[Finding]:
    """No parameter fills a placeholder of the path."""
    for endpoint in spec.endpoints:
        path = endpoint.endpoint.path if endpoint.endpoint else None
        if path is None:
            continue
        declared = {parameter.name.value for parameter in path_parameters(endpoint) if parameter.name}
        for name in dict.fromkeys(placeholders(path.value)):
            if name not in declared:
                near = get_close_matches(name, declared, n=1)
                yield Finding(
                    path.span,
                    f"no parameter fills `{{{name}}}`",
                    f"did you mean `{{{near[0]}}}`?" if near else f"declare `name: {name}` with `in: path`",
                )
