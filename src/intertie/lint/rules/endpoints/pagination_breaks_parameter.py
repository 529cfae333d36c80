from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.planned import first_error, planned
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.fields import Located
from intertie.spec.model import Pagination, Spec


@rule(code="TIE332", severity=Severity.ERROR, since="0.1.0", judges="spec")
def pagination_breaks_parameter(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """The pagination sends a value that its parameter does not accept."""
    for endpoint, operation in planned(spec, plan):
        for name, value, said in _sent(endpoint.pagination):
            schema = operation.wire.slots.get(name.value)
            broken = first_error(schema, value) if schema is not None else None
            if broken:
                place = said or name
                yield Finding(
                    place.span,
                    f"the pagination sends {value} as `{name.value}`, which breaks {broken}",
                    "correct one of the two",
                )


def _sent(pages: Pagination | None) -> Iterator[tuple[Located[str], int, Located[int] | None]]:
    """Yield (parameter, value of the first page, where it is said)."""
    if pages is None:
        return
    if pages.page_parameter:
        yield pages.page_parameter, pages.first.value if pages.first else 1, pages.first
    if pages.offset_parameter:
        yield pages.offset_parameter, 0, None
    for name, size in ((pages.size_parameter, pages.size), (pages.limit_parameter, pages.limit)):
        if name and size:
            yield name, size.value, size
