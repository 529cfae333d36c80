from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE311", severity=Severity.WARNING, since="0.1.0")
def undeclared_pagination_parameter(spec: Spec) -> Iterator[Finding]:
    """The pagination uses a parameter that the endpoint does not declare."""
    for endpoint in spec.endpoints:
        pages = endpoint.pagination
        if pages is None:
            continue
        parameters = endpoint.request.parameters if endpoint.request else ()
        declared = [p.name.value for p in parameters if p.name]
        named = (
            pages.cursor_parameter, pages.page_parameter, pages.size_parameter, pages.offset_parameter,
            pages.limit_parameter,
        )  # fmt: skip
        for field in named:
            if field and field.value not in declared and not (endpoint.request and endpoint.request.body):
                near = get_close_matches(field.value, declared, n=1)
                yield Finding(
                    field.span,
                    f"this endpoint has no parameter `{field.value}`",
                    f"did you mean `{near[0]}`?" if near else "declare it with `in: query` under `request.parameters`",
                )
