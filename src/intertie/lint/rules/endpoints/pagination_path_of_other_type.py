from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.members import types_at
from intertie.lint.rule import rule
from intertie.lint.words import listed
from intertie.spec.model import Spec


@rule(code="TIE333", severity=Severity.ERROR, since="0.1.0", judges="spec")
def pagination_path_of_other_type(spec: Spec) -> Iterator[Finding]:
    """The pagination reads a field of the wrong type."""
    for endpoint in spec.endpoints:
        pages = endpoint.pagination
        success = endpoint.response.success if endpoint.response else None
        if pages is None or success is None or success.schema is None:
            continue
        for field, fitting in (
            (pages.items_path, {"array"}),
            (pages.total_path, {"integer", "number", "string"}),
            (pages.cursor_path, {"string", "integer", "number"}),
            (pages.more_path, {"boolean", "string", "integer", "number"}),
        ):
            types = types_at(success.schema.value.json, field.value) if field and field.value.strip() else frozenset()
            if field and types and not types & fitting:
                yield Finding(
                    field.span,
                    f"`{field.value}` has the type {listed(sorted(types))}",
                    f"name a field of the type {' or '.join(sorted(fitting))}, or correct the schema",
                )
