"""A JSON Schema that a handful of values suggest; the values themselves do not stay."""

from __future__ import annotations

import re
from collections.abc import Sequence

from intertie.importers.recorded import is_recorded

_FORMATS = (
    ("date-time", re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)")),
    ("date", re.compile(r"\d{4}-\d\d-\d\d")),
    ("uuid", re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")),
    ("uri", re.compile(r"https?://\S+")),
    ("email", re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")),
)
_DEEPEST = 30
_MAP_FROM = 40
"""So many members of one kind are entries of a map rather than fields."""


def schema_of(values: Sequence[object], depth: int = 0) -> dict[str, object]:
    """Return a schema that all of the values fit; a field is required where every object has it.

    >>> schema_of([{"id": 1, "at": "2025-01-01"}, {"id": 2}])["required"]
    ['id']
    >>> schema_of([1, None])
    {'type': ['integer', 'null']}
    >>> schema_of([{"next": None, "4711": True}])
    {'type': 'object', 'properties': {'next': {}}, 'required': ['next'], 'additionalProperties': {'type': 'boolean'}}
    """
    kinds = list(dict.fromkeys(kind_of(value) for value in values))
    if "number" in kinds and "integer" in kinds:
        kinds.remove("integer")
    if not kinds or kinds == ["null"] or depth > _DEEPEST:
        # Of what is absent each time nothing is known.
        return {}
    # `null` is told last, as people write it.
    kinds.sort(key=lambda kind: kind == "null")
    made: dict[str, object] = {"type": kinds[0] if len(kinds) == 1 else kinds}
    objects = [value for value in values if isinstance(value, dict)]
    if objects:
        made.update(_members(objects, depth))
    lists = [value for value in values if isinstance(value, list)]
    if lists:
        made["items"] = schema_of([item for value in lists for item in value], depth + 1)
    texts = [value for value in values if isinstance(value, str)]
    form = next((name for name, shape in _FORMATS if texts and all(shape.fullmatch(text) for text in texts)), None)
    if form is not None:
        made["format"] = form
    return made


def kind_of(value: object) -> str:
    """Return the JSON type of a value."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


def text_schema(values: Sequence[str]) -> dict[str, object]:
    """Return the schema of values that are all sent as text: their type is what every one of them could be.

    >>> text_schema(["1", "20"]), text_schema(["true"]), text_schema(["1", "a"])
    ({'type': 'integer'}, {'type': 'boolean'}, {'type': 'string'})
    """
    if values and all(re.fullmatch(r"-?(?:0|[1-9]\d{0,14})", value) for value in values):
        return {"type": "integer"}
    if values and all(re.fullmatch(r"-?\d{1,15}\.\d{1,15}", value) for value in values):
        return {"type": "number"}
    if values and all(value in ("true", "false") for value in values):
        return {"type": "boolean"}
    made: dict[str, object] = {"type": "string"}
    form = next((name for name, shape in _FORMATS[:3] if values and all(map(shape.fullmatch, values))), None)
    return {**made, "format": form} if form else made


def _members(objects: list[dict[str, object]], depth: int) -> dict[str, object]:
    names = list(dict.fromkeys(str(name) for value in objects for name in value))
    by_name = {name: [value[name] for value in objects if name in value] for name in names}
    if len(names) > _MAP_FROM and len({kind_of(value) for values in by_name.values() for value in values}) == 1:
        return {
            "additionalProperties": schema_of([value for values in by_name.values() for value in values], depth + 1)
        }
    # A key that is somebody's value is no name of a field.
    fields = {name: values for name, values in by_name.items() if not is_recorded(name)}
    entries = [value for name, values in by_name.items() if name not in fields for value in values]
    made: dict[str, object] = {}
    if fields or not entries:
        made["properties"] = {name: schema_of(values, depth + 1) for name, values in fields.items()}
    required = [name for name, values in fields.items() if len(values) == len(objects)]
    if required:
        made["required"] = required
    if entries:
        made["additionalProperties"] = schema_of(entries, depth + 1)
    return made
