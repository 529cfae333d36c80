"""JSON Schema dialects into 2020-12: OpenAPI 3.0, Swagger 2 and older drafts."""

from __future__ import annotations

from collections.abc import Callable

SCHEMA_MAPS = frozenset({"properties", "patternProperties", "dependentSchemas"})
"""Keywords whose value is a mapping from names to schemas."""
SCHEMA_LISTS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
"""Keywords whose value is a list of schemas."""
SCHEMAS = frozenset({
    "additionalProperties", "items", "not", "if", "then", "else", "contains", "propertyNames", "unevaluatedItems",
    "unevaluatedProperties", "additionalItems", "contentSchema",
})  # fmt: skip
"""Keywords whose value is a schema (or a boolean)."""

_DROPPED = frozenset(
    {"$id", "id", "$schema", "$anchor", "$dynamicAnchor", "$comment", "$vocabulary", "xml", "externalDocs"}
)


def translate(schema: dict[str, object], child: Callable[[object], object]) -> dict[str, object]:
    """Return one schema in the 2020-12 dialect; `child` makes each schema inside it.

    `nullable`, boolean `exclusiveMinimum`/`exclusiveMaximum`, `example`, `items` as a list and `type: file` are
    rewritten. `$defs`, and keywords that would change what a `$ref` means (`$id`, `$anchor`), are left out: every
    reference is resolved already.

    Source: JSON Schema 2020-12, OpenAPI 3.0.3 section 4.7.24, JSON Schema draft 2020-12 release notes (prefixItems).
    """
    made: dict[str, object] = {}
    for keyword, value in schema.items():
        if keyword in _DROPPED and not isinstance(value, dict):
            continue
        if keyword in ("$defs", "definitions"):
            continue
        if keyword in SCHEMA_MAPS and isinstance(value, dict):
            made[keyword] = {name: child(each) for name, each in value.items()}
        elif keyword in SCHEMA_LISTS and isinstance(value, list):
            made[keyword] = [child(each) for each in value]
        elif keyword == "items" and isinstance(value, list):
            made["prefixItems"] = [child(each) for each in value]
        elif keyword in SCHEMAS and isinstance(value, dict):
            made[keyword] = child(value)
        elif keyword == "dependencies" and isinstance(value, dict):
            _dependencies(made, value, child)
        elif keyword not in ("nullable", "example"):
            made[keyword] = value
    _older_forms(schema, made)
    return made


def _older_forms(schema: dict[str, object], made: dict[str, object]) -> None:
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        flag = schema.get(exclusive)
        if isinstance(flag, bool):
            del made[exclusive]
            if flag and bound in made:
                made[exclusive] = made.pop(bound)
    if "example" in schema and "examples" not in made:
        made["examples"] = [schema["example"]]
    if made.get("type") == "file":
        made["type"] = "string"
    if isinstance(schema.get("items"), list) and "additionalItems" in made:
        made["items"] = made.pop("additionalItems")
    if schema.get("nullable") is True:
        _allow_null(made)


def _allow_null(made: dict[str, object]) -> None:
    kind = made.get("type")
    if isinstance(kind, str):
        made["type"] = [kind, "null"]
    elif isinstance(kind, list) and "null" not in kind:
        made["type"] = [*kind, "null"]
    elif kind is None and ("$ref" in made or "allOf" in made):
        inner = dict(made)
        made.clear()
        made["anyOf"] = [inner, {"type": "null"}]
        return
    choices = made.get("enum")
    if isinstance(choices, list) and None not in choices:
        made["enum"] = [*choices, None]


def _dependencies(made: dict[str, object], value: dict[str, object], child: Callable[[object], object]) -> None:
    required: dict[str, object] = {}
    schemas: dict[str, object] = {}
    for name, each in value.items():
        if isinstance(each, list):
            required[name] = each
        else:
            schemas[name] = child(each)
    if required:
        made["dependentRequired"] = required
    if schemas:
        made["dependentSchemas"] = schemas
