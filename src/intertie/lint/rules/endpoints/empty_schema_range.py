from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.plain_schemas import number_at
from intertie.lint.rule import rule
from intertie.lint.schema_nodes import schema_nodes
from intertie.spec.model import Spec


@rule(code="TIE338", severity=Severity.ERROR, since="0.1.0", judges="spec")
def empty_schema_range(spec: Spec) -> Iterator[Finding]:
    """No value lies within what a schema asks for.

    ## What it does
    Compares the lower with the upper bound in every schema: `minimum` and `maximum`, the lengths of text, the number of
    items and of properties.

    ## Why it matters
    No value is valid. A body can't be sent; an answer always breaks its schema.

    ## Example
    ```yaml
    response:
      success:
        status: 200
        content_type: application/json
        schema:
          type: object
          properties:
            price: {type: number, minimum: 10, maximum: 1}
    ```

    ## Use instead
    ```yaml
    response:
      success:
        status: 200
        content_type: application/json
        schema:
          type: object
          properties:
            price: {type: number, minimum: 1, maximum: 10}
    ```

    ## References
    JSON Schema 2020-12, validation, section 6.
    """
    for node in schema_nodes(spec):
        keys = {entry.key.text: entry.value for entry in node.entries}
        for low, high in _BOUNDS:
            if low not in keys or high not in keys:
                continue
            least, most = number_at(node, low), number_at(node, high)
            if least is not None and most is not None and least > most:
                yield Finding(
                    keys[high].span,
                    f"`{high}` is {most:g}, and `{low}` is {least:g}: no value fits",
                    "swap them, or look up the range",
                    related=(Label(keys[low].span, "the least"),),
                )


_BOUNDS = (
    ("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems"), ("minProperties", "maxProperties"),
)  # fmt: skip
