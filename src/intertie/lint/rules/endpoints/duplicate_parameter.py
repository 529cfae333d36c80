from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity, SourceSpan
from intertie.lint.finding import Finding
from intertie.lint.mends import remove_row
from intertie.lint.rule import rule
from intertie.spec.fields import Located
from intertie.spec.model import Spec


@rule(code="TIE309", severity=Severity.ERROR, since="0.1.0", judges="spec")
def duplicate_parameter(spec: Spec) -> Iterator[Finding]:
    """An endpoint declares a parameter or header twice."""
    for endpoint in spec.endpoints:
        if endpoint.request is None:
            continue
        seen: dict[tuple[str, str], tuple[Located[str], SourceSpan]] = {}
        named = [("header", header.name, header.span) for header in endpoint.request.headers]
        named += [(p.location.value if p.location else "query", p.name, p.span) for p in endpoint.request.parameters]
        for location, name, row in named:
            if name is None:
                continue
            key = (location, name.value.lower() if location == "header" else name.value)
            if key in seen:
                first, first_row = seen[key]
                yield Finding(
                    name.span,
                    f"`{name.value}` is declared twice in the {location}",
                    "remove one of them",
                    related=(Label(first.span, "the first"),),
                    fix=remove_row(spec, row, first_row),
                )
            else:
                seen[key] = (name, row)
