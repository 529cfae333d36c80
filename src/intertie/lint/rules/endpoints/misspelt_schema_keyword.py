from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.mends import write
from intertie.lint.rule import rule
from intertie.lint.schema_nodes import schema_nodes
from intertie.spec.model import Spec


@rule(code="TIE342", severity=Severity.WARNING, since="0.1.0")
def misspelt_schema_keyword(spec: Spec) -> Iterator[Finding]:
    """A schema keyword looks misspelt."""
    for schema in schema_nodes(spec):
        for entry in schema.entries:
            key = entry.key.text
            if key in _KEYWORDS or key.startswith("x-"):
                continue
            near = get_close_matches(key, _KEYWORDS, n=1, cutoff=0.8)
            if near:
                yield Finding(
                    entry.key.span,
                    f"`{key}` is not a keyword of JSON Schema, so it has no effect",
                    f"did you mean `{near[0]}`?",
                    fix=write(near[0], entry.key.span, safe=False),
                )


_KEYWORDS = frozenset(
    [
        "$anchor",
        "$comment",
        "$defs",
        "$dynamicAnchor",
        "$dynamicRef",
        "$id",
        "$ref",
        "$schema",
        "$vocabulary",
        "additionalItems",
        "additionalProperties",
        "allOf",
        "anyOf",
        "const",
        "contains",
        "contentEncoding",
        "contentMediaType",
        "contentSchema",
        "default",
        "definitions",
        "dependencies",
        "dependentRequired",
        "dependentSchemas",
        "deprecated",
        "description",
        "discriminator",
        "else",
        "enum",
        "example",
        "examples",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "externalDocs",
        "format",
        "id",
        "if",
        "items",
        "maxContains",
        "maxItems",
        "maxLength",
        "maxProperties",
        "maximum",
        "minContains",
        "minItems",
        "minLength",
        "minProperties",
        "minimum",
        "multipleOf",
        "not",
        "nullable",
        "oneOf",
        "pattern",
        "patternProperties",
        "prefixItems",
        "properties",
        "propertyNames",
        "readOnly",
        "required",
        "then",
        "title",
        "type",
        "unevaluatedItems",
        "unevaluatedProperties",
        "uniqueItems",
        "writeOnly",
        "xml",
        "propertyName",
        "mapping",
        "url",
        "namespace",
        "prefix",
        "wrapped",
        "attribute",
        "name",
    ]
)
