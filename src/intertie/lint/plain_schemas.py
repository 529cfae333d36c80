"""What a schema plainly says of a value, read off its nodes: for examples and choices that stand in it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from intertie.spec.tree import MappingNode, ScalarNode, SequenceNode, plain

_KINDS = {"string": str, "boolean": bool, "array": list, "object": dict, "null": type(None)}


def types_of(schema: MappingNode) -> frozenset[str]:
    """Return the types that a schema names, empty where it names none."""
    stated = schema.get("type")
    if isinstance(stated, ScalarNode):
        return frozenset({stated.text})
    if isinstance(stated, SequenceNode):
        return frozenset(item.text for item in stated.items if isinstance(item, ScalarNode))
    return frozenset()


def number_at(schema: MappingNode, key: str) -> float | None:
    """Return a keyword's number, None where it is absent or none."""
    node = schema.get(key)
    value = node.value if isinstance(node, ScalarNode) and not node.quoted else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def broken_by(schema: MappingNode, value: object) -> str | None:
    """Return the keyword that a value breaks, None where it breaks none that is looked at here.

    Type, enum, pattern, range and length: what the members of an object must be is said in schemas of their own.
    """
    nullable = schema.get("nullable")
    if value is None and isinstance(nullable, ScalarNode) and nullable.value is True:
        return None
    types = types_of(schema)
    if types and not any(is_of_type(value, name) for name in types):
        return "type"
    choices = schema.get("enum")
    if isinstance(choices, SequenceNode) and value not in [plain(choice) for choice in choices.items]:
        return "enum"
    if isinstance(value, str):
        return _text_breaks(schema, value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number_breaks(schema, value)
    return None


def is_of_type(value: object, name: str) -> bool:
    """Return whether a value is of a JSON type; of one that is unknown every value is.

    >>> is_of_type(2, "integer"), is_of_type(2.0, "integer"), is_of_type("2", "number"), is_of_type(True, "number")
    (True, True, False, False)
    """
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if name == "number":
        return is_number
    if name == "integer":
        return isinstance(value, int | float) and is_number and float(value).is_integer()
    kind = _KINDS.get(name)
    return kind is None or isinstance(value, Mapping if kind is dict else kind)


def _text_breaks(schema: MappingNode, value: str) -> str | None:
    least, most = number_at(schema, "minLength"), number_at(schema, "maxLength")
    if least is not None and len(value) < least:
        return "minLength"
    if most is not None and len(value) > most:
        return "maxLength"
    pattern = schema.get("pattern")
    if isinstance(pattern, ScalarNode):
        try:
            return None if re.search(pattern.text, value) else "pattern"
        except re.error:
            # The compiler tells of a pattern that is none.
            return None
    return None


def _number_breaks(schema: MappingNode, value: float) -> str | None:
    least, most = number_at(schema, "minimum"), number_at(schema, "maximum")
    if least is not None and value < least:
        return "minimum"
    return "maximum" if most is not None and value > most else None
