from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE334", severity=Severity.ERROR, since="0.1.0", judges="spec")
def invalid_parameter_style(spec: Spec) -> Iterator[Finding]:
    """The style of a parameter does not fit its place or type."""
    for endpoint in spec.endpoints:
        for parameter in endpoint.request.parameters if endpoint.request else ():
            style, place = parameter.style, parameter.location
            if style is None or place is None:
                continue
            kind = parameter.type.value if parameter.type else ""
            if style.value not in _STYLES[place.value]:
                yield Finding(
                    style.span,
                    f"a {place.value} parameter can't have the style `{style.value}`",
                    f"write {' or '.join(f'`{each}`' for each in _STYLES[place.value])}",
                )
            elif kind and style.value in _OF_TYPE and _OF_TYPE[style.value] != kind:
                yield Finding(
                    style.span,
                    f"the style `{style.value}` is for parameters of the type {_OF_TYPE[style.value]}, not {kind}",
                    "write `form`",
                )


_STYLES = {
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "path": ("simple", "label", "matrix"),
    "header": ("simple",),
}
_OF_TYPE = {"spaceDelimited": "array", "pipeDelimited": "array", "deepObject": "object"}
