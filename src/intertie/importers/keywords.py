"""Which values the keywords of JSON Schema take, and how a value that people write instead is mended."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from intertie.importers.prose import one_line

TYPES = frozenset({"string", "number", "integer", "boolean", "array", "object", "null"})
_TYPE_WORDS = {
    "int": "integer", "int32": "integer", "int64": "integer", "long": "integer", "float": "number",
    "double": "number", "decimal": "number", "bool": "boolean", "str": "string", "text": "string", "file": "string",
    "date": "string", "datetime": "string", "date-time": "string", "uuid": "string", "list": "array", "map": "object",
    "dict": "object",
}  # fmt: skip

BAD = object()
"""What a mender returns for a value that can't be mended."""


def mended(keyword: str, value: object) -> object:
    """Return the value of a keyword that holds no schema, mended where it can be; `BAD` where it can't be.

    >>> mended("type", "Int"), mended("maxLength", "10"), mended("required", True) is BAD
    ('integer', 10, True)
    """
    mender = _MENDERS.get(keyword)
    return value if mender is None else mender(value)


def is_plain_keyword(keyword: str) -> bool:
    """Return whether a keyword is one of JSON Schema or OpenAPI that holds no schema."""
    return keyword in _MENDERS or keyword in ("default", "const", "example", "discriminator")


@lru_cache(maxsize=4096)
def is_pattern(text: str) -> bool:
    """Return whether a text is a regular expression that schemas can be checked with."""
    import jsonschema_rs  # noqa: PLC0415  # only sources with patterns pay for it

    try:
        jsonschema_rs.validator_for({"$schema": "https://json-schema.org/draft/2020-12/schema", "pattern": text})
    except (ValueError, jsonschema_rs.ValidationError):
        return False
    return True


def _type(value: object) -> object:
    if isinstance(value, str):
        word = value.strip().lower()
        return word if word in TYPES else _TYPE_WORDS.get(word, BAD)
    if isinstance(value, list):
        found = [_type(item) for item in value]
        return list(dict.fromkeys(map(str, found))) if found and BAD not in found else BAD
    return BAD


def _number(value: object) -> object:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", value.strip()):
        return float(value) if "." in value else int(value)
    return BAD


def _count(value: object) -> object:
    number = _number(value)
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    return number if isinstance(number, int) and number >= 0 else BAD


def _exclusive(value: object) -> object:
    return value if isinstance(value, bool) else _number(value)


def _positive(value: object) -> object:
    number = _number(value)
    return number if isinstance(number, int | float) and number > 0 else BAD


def _flag(value: object) -> object:
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    return value if isinstance(value, bool) else BAD


def _text(value: object) -> object:
    return value if isinstance(value, str) else BAD


def _prose(value: object) -> object:
    return one_line(value) if isinstance(value, str) else BAD


def _pattern(value: object) -> object:
    return value if isinstance(value, str) and is_pattern(value) else BAD


def _choices(value: object) -> object:
    if not isinstance(value, list) or not value:
        return BAD
    unique: list[object] = []
    for item in value:
        if not any(item == known and type(item) is type(known) for known in unique):
            unique.append(item)
    return unique


def _names(value: object) -> object:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        return BAD
    return list(dict.fromkeys(value))


def _examples(value: object) -> object:
    if isinstance(value, dict):
        return [item.get("value", item) if isinstance(item, dict) else item for item in value.values()]
    return value if isinstance(value, list) else BAD


_MENDERS: dict[str, Callable[[object], object]] = {
    "type": _type, "format": _text, "pattern": _pattern, "title": _prose, "description": _prose, "enum": _choices,
    "required": _names, "minimum": _number, "maximum": _number, "exclusiveMinimum": _exclusive,
    "exclusiveMaximum": _exclusive, "multipleOf": _positive, "minLength": _count, "maxLength": _count,
    "minItems": _count, "maxItems": _count, "minProperties": _count, "maxProperties": _count, "minContains": _count,
    "maxContains": _count, "uniqueItems": _flag, "nullable": _flag, "readOnly": _flag, "writeOnly": _flag,
    "deprecated": _flag, "contentEncoding": _text, "contentMediaType": _text, "examples": _examples,
}  # fmt: skip
