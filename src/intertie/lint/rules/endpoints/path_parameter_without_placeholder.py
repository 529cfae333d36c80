from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.paths import path_parameters, placeholders
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE302", severity=Severity.ERROR, since="0.1.0", judges="spec")
def path_parameter_without_placeholder(spec: Spec) -> Iterator[Finding]:
    """A path parameter does not appear in the path."""
    for endpoint in spec.endpoints:
        path = endpoint.endpoint.path if endpoint.endpoint else None
        if path is None:
            continue
        there = placeholders(path.value)
        for parameter in path_parameters(endpoint):
            if parameter.name and parameter.name.value not in there:
                yield Finding(
                    parameter.name.span,
                    f"`{parameter.name.value}` does not appear in `{path.value}`",
                    f"put `{{{parameter.name.value}}}` into the path, or write `in: query`",
                    related=(Label(path.span, "the path"),),
                )
