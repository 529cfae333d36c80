from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.transform_types import inverse_of, name_of
from intertie.spec.model import Spec


@rule(code="TIE422", severity=Severity.WARNING, since="0.1.0")
def inverse_transform_missing(spec: Spec) -> Iterator[Finding]:
    """A field uses the same transform in both directions."""
    read = {row.external_field.value: row for row in spec.inbound if row.external_field and row.transform}
    for row in spec.outbound:
        other = read.get(row.external_field.value) if row.external_field else None
        if other is None or other.transform is None or row.external_field is None:
            continue
        if row.transform is None:
            # Read through a conversion into the very field that is written as it is.
            wanted = inverse_of(other.transform.value)
            ours = (other.internal_field, row.internal_field)
            if wanted and ours[0] and ours[1] and ours[0].value == ours[1].value:
                yield Finding(
                    row.external_field.span,
                    f"it is read through `{name_of(other.transform.value)}`, and written as it is",
                    f"write `transform: {wanted}`, with the arguments of the other row",
                    related=(Label(other.transform.span, "read through it"),),
                )
            continue
        inverse = inverse_of(row.transform.value)
        if inverse and name_of(other.transform.value) == name_of(row.transform.value):
            yield Finding(
                row.transform.span,
                f"it is read through `{name_of(row.transform.value)}` too; `{inverse}` undoes it",
                f"write `{inverse}` in one of the two directions",
                related=(Label(other.transform.span, "read through it"),),
            )
