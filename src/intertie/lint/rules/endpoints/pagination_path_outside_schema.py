from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.members import may_have
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE315", severity=Severity.WARNING, since="0.1.0")
def pagination_path_outside_schema(spec: Spec) -> Iterator[Finding]:
    """The pagination reads a field that is not in the response schema."""
    for endpoint in spec.endpoints:
        pages = endpoint.pagination
        success = endpoint.response.success if endpoint.response else None
        if pages is None or success is None or success.schema is None:
            continue
        for located in (pages.items_path, pages.cursor_path, pages.more_path, pages.total_path):
            if located and located.value.strip() and not may_have(success.schema.value.json, located.value):
                yield Finding(
                    located.span,
                    f"the response has no `{located.value}`",
                    "correct the path, or add the field to the schema",
                    related=(Label(success.schema.key_span, "the schema of the response"),),
                )
