"""What a JSON Schema says of bytes, which are no JSON.

A validator of JSON can't be asked. As OpenAPI 3.1 has it, bytes are a string whose length is counted in octets:

| the schema says | bytes |
|---|---|
| no `type`, or one that allows `string`; any `format` | pass |
| another `type`, `false` | break it |
| `minLength`, `maxLength` | count octets |
| `pattern`, `enum`, `const`, `not`, `if` and the rest | say nothing of bytes |

`$ref` and `allOf` are followed; of `anyOf` and `oneOf` one branch must let them pass.
"""

from __future__ import annotations

from collections.abc import Mapping

from intertie.core.json_pointer import resolved

_DEEPEST = 32


def broken_by_bytes(schema: object, size: int, *, root: object, depth: int = 0) -> str | None:
    """Return the rule (`type object`, `maxLength 10`) that a body of `size` bytes breaks, None where it breaks none.

    >>> broken_by_bytes({"type": "string", "format": "binary", "maxLength": 3}, 4, root={})
    'maxLength 3'
    """
    if schema is False:
        return "schema"
    if not isinstance(schema, Mapping) or depth > _DEEPEST:
        return None
    allowed = schema.get("type", "string")
    if "string" not in (allowed if isinstance(allowed, list) else [allowed]):
        return f"type {allowed}"
    for keyword, breaks in (("minLength", size.__lt__), ("maxLength", size.__gt__)):
        bound = schema.get(keyword)
        if isinstance(bound, int) and breaks(bound):
            return f"{keyword} {bound}"
    reference = schema.get("$ref")
    target = resolved(root, reference) if isinstance(reference, str) else None
    for part in (target, *_sequence(schema.get("allOf"))):
        rule = broken_by_bytes(part, size, root=root, depth=depth + 1)
        if rule is not None:
            return rule
    for keyword in ("anyOf", "oneOf"):
        rules = [broken_by_bytes(part, size, root=root, depth=depth + 1) for part in _sequence(schema.get(keyword))]
        if rules and all(rule is not None for rule in rules):
            return rules[0]
    return None


def _sequence(value: object) -> list[object]:
    return value if isinstance(value, list) else []
