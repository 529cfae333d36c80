from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.plain_schemas import types_of
from intertie.lint.rule import rule
from intertie.lint.schema_nodes import schema_nodes
from intertie.lint.words import listed
from intertie.spec.model import Spec


@rule(code="TIE343", severity=Severity.WARNING, since="0.1.0")
def keyword_of_other_type(spec: Spec) -> Iterator[Finding]:
    """A schema keyword does not apply to the type of its schema."""
    for schema in schema_nodes(spec):
        types = types_of(schema)
        if not types:
            continue
        for entry in schema.entries:
            fitting = _FOR.get(entry.key.text)
            if fitting and not fitting & types:
                yield Finding(
                    entry.key.span,
                    f"`{entry.key.text}` has no effect on the type {listed(sorted(types))}",
                    f"it applies to {' and '.join(sorted(fitting))}: correct the type, or remove the keyword",
                )


_NUMBERS, _TEXT, _LIST, _OBJECT = (
    frozenset(types) for types in (("number", "integer"), ("string",), ("array",), ("object",))
)
_FOR = {
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), _NUMBERS),
    **dict.fromkeys(("minLength", "maxLength", "pattern"), _TEXT),
    **dict.fromkeys(("items", "minItems", "maxItems", "uniqueItems", "contains", "prefixItems"), _LIST),
    **dict.fromkeys(("properties", "additionalProperties", "minProperties", "maxProperties", "required"), _OBJECT),
}
"""Keyword -> the types it judges."""
