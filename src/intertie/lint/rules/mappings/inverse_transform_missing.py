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
                    f"the field is read with `{name_of(other.transform.value)}` but written unchanged",
                    f"write `transform: {wanted}`, with the arguments of the other row",
                    related=(Label(other.transform.span, "read here"),),
                )
            continue
        inverse = inverse_of(row.transform.value)
        if inverse and name_of(other.transform.value) == name_of(row.transform.value):
            yield Finding(
                row.transform.span,
                f"the field is also read with `{name_of(row.transform.value)}`; its inverse is `{inverse}`",
                f"write `{inverse}` in one direction",
                related=(Label(other.transform.span, "read here"),),
            )
