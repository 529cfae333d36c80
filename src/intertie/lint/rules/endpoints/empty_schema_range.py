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
    """The range of a schema is empty."""
    for node in schema_nodes(spec):
        keys = {entry.key.text: entry.value for entry in node.entries}
        for low, high in _BOUNDS:
            if low not in keys or high not in keys:
                continue
            least, most = number_at(node, low), number_at(node, high)
            if least is not None and most is not None and least > most:
                yield Finding(
                    keys[high].span,
                    f"`{low}` is {least:g} and `{high}` is {most:g}, so no value is valid",
                    "swap or correct the two",
                    related=(Label(keys[low].span, "the lower bound"),),
                )


_BOUNDS = (
    ("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems"), ("minProperties", "maxProperties"),
)  # fmt: skip
