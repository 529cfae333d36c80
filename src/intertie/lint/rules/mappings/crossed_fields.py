from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import InboundRow, OutboundRow, Spec


@rule(code="TIE432", severity=Severity.WARNING, since="0.1.0")
def crossed_fields(spec: Spec) -> Iterator[Finding]:
    """Two mapping rows seem to have each other's field.

    ## What it does
    Looks for two rows where each external name begins like the other's internal name, and not like its own.

    ## Why it matters
    Both fields are there and of one type, so nothing fails: the values are only in each other's place.

    ## Example
    ```yaml
    response:
      success:
        status: 200
        content_type: application/json
        schema:
          type: object
          required: [price]
          properties:
            price: {type: number}
            lat: {type: number}
            lon: {type: number}
    inbound:
      - external_field: lat
        internal_field: longitude
      - external_field: lon
        internal_field: latitude
    ```

    ## Use instead
    ```yaml
    response:
      success:
        status: 200
        content_type: application/json
        schema:
          type: object
          required: [price]
          properties:
            price: {type: number}
            lat: {type: number}
            lon: {type: number}
    inbound:
      - external_field: lat
        internal_field: latitude
      - external_field: lon
        internal_field: longitude
    ```

    ## References
    Spec format, data mappings.
    """
    rows: list[InboundRow | OutboundRow] = [*spec.inbound, *spec.outbound]
    for one, other in combinations(rows, 2):
        if type(one) is not type(other) or not (one.external_field and one.internal_field):
            continue
        if other.external_field and other.internal_field:
            theirs, ours = _last(one.external_field.value), _last(one.internal_field.value)
            their_other, our_other = _last(other.external_field.value), _last(other.internal_field.value)
            crossed = _alike(theirs, our_other) and _alike(their_other, ours)
            if crossed and not _alike(theirs, ours) and not _alike(their_other, our_other):
                yield Finding(
                    other.internal_field.span,
                    f"`{their_other}` becomes `{our_other}`, and `{theirs}` becomes `{ours}`: they look exchanged",
                    "swap the two, or give them other names",
                    related=(Label(one.internal_field.span, "the other"),),
                )


def _last(path: str) -> str:
    return path.rpartition(".")[2].removesuffix("[]").lower().replace("_", "")


def _alike(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= 3 and (one.startswith(other) or other.startswith(one))
