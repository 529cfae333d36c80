"""What a schema plainly says of a value, read off its nodes: for examples and choices that stand in it."""

from __future__ import annotations

from collections.abc import Mapping

from intertie.runtime.schemas import CompiledSchema
from intertie.spec.tree import MappingNode, ScalarNode, SequenceNode, plain

_JUDGED = frozenset({"type", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum"})
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
    Judged as calls are, by a validator whose patterns take no longer than their text is long.
    """
    nullable = schema.get("nullable")
    if value is None and isinstance(nullable, ScalarNode) and nullable.value is True:
        return None
    asked = {entry.key.text: plain(entry.value) for entry in schema.entries if entry.key.text in _JUDGED}
    try:
        error = CompiledSchema(asked).first_error(value)
    except ValueError:
        # The compiler tells of a schema that is none.
        return None
    return None if error is None else error[1].partition(" ")[0]


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
