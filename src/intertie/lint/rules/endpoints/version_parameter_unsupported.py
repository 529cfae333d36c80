from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.words import listed
from intertie.spec.model import Spec


@rule(code="TIE337", severity=Severity.WARNING, since="0.1.0")
def version_parameter_unsupported(spec: Spec) -> Iterator[Finding]:
    """A parameter requests an unsupported version."""
    block = spec.versioning
    if block is None or not (block.supported or block.current):
        return
    known = [each.value for each in (*block.supported, *((block.current,) if block.current else ()))]
    names = {"version", "api_version", "api-version", block.parameter.value if block.parameter else "version"}
    for endpoint in spec.endpoints:
        for parameter in endpoint.request.parameters if endpoint.request else ():
            default = parameter.default
            if parameter.name and default and parameter.name.value.lower() in names and default.text not in known:
                yield Finding(
                    default.span,
                    f"`{default.text}` is not a supported version; supported: {listed(dict.fromkeys(known))}",
                    "write a supported version",
                    related=(Label((block.current or block.supported[0]).span, "a supported version"),),
                )
