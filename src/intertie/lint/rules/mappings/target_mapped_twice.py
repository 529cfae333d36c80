from __future__ import annotations

from collections.abc import Iterator, Sequence

from intertie.core.errors import snake_case
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.mends import remove_row
from intertie.lint.pairs import pairs
from intertie.lint.rule import rule
from intertie.spec.fields import Located
from intertie.spec.model import Spec


@rule(code="TIE401", severity=Severity.ERROR, since="0.1.0", judges="spec")
def target_mapped_twice(spec: Spec) -> Iterator[Finding]:
    """Two mapping rows write the same field."""
    writes = [[(row.internal_field, row.endpoints, row.span) for row in spec.inbound],
              [(row.external_field, row.endpoints, row.span) for row in spec.outbound]]  # fmt: skip
    for rows in writes:
        for (first, first_for, first_row), (second, second_for, row) in pairs(rows, key=_target):
            apart = first_for and second_for and not _names(first_for) & _names(second_for)
            if first and second and not apart:
                yield Finding(
                    second.span,
                    f"another row also writes `{second.value}`",
                    "remove one, or limit both with `endpoints`",
                    related=(Label(first.span, "the first"),),
                    fix=remove_row(spec, row, first_row),
                )


def _target(row: tuple[Located[str] | None, object, object]) -> str | None:
    return row[0].value if row[0] else None


def _names(endpoints: Sequence[Located[str]]) -> set[str]:
    return {snake_case(endpoint.value) for endpoint in endpoints}
