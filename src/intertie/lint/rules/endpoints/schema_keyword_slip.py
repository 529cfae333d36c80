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
def schema_keyword_slip(spec: Spec) -> Iterator[Finding]:
    """A keyword of a schema is misspelt.

    ## What it does
    Looks for keywords that JSON Schema and OpenAPI don't have and that are nearly one of theirs. A keyword of your own
    begins with `x-`.

    ## Why it matters
    An unknown keyword is ignored: what it should have asked for is not asked for.

    ## Example
    ```yaml
    response:
      success:
        status: 200
        content_type: application/json
        schema:
          type: object
          properties:
            note: {type: string, maxLenght: 80}
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
            note: {type: string, maxLength: 80}
    ```

    ## References
    JSON Schema 2020-12, core, section 4.3.1.
    """
    for schema in schema_nodes(spec):
        for entry in schema.entries:
            key = entry.key.text
            if key in _KEYWORDS or key.startswith("x-"):
                continue
            near = get_close_matches(key, _KEYWORDS, n=1, cutoff=0.8)
            if near:
                yield Finding(
                    entry.key.span,
                    f"JSON Schema has no `{key}`, so it asks for nothing",
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
