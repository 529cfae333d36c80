"""Field tables of a DATA spec into object schemas."""

from __future__ import annotations

import re

from intertie.core.errors import snake_case
from intertie.spec.sections import heading_words
from intertie.spec.tree import Document, Table

_NAME_COLUMNS = frozenset({"field", "name", "attribute", "property", "column", "field_name"})
_TYPE_COLUMNS = frozenset({"type", "data_type", "format"})
_REQUIRED_COLUMNS = frozenset({"required", "mandatory", "obligatory"})
_OPTIONAL_COLUMNS = frozenset({"optional", "nullable"})
_ABOUT_COLUMNS = frozenset({"description", "meaning", "notes", "comment"})
_YES = frozenset({"yes", "y", "true", "x", "✓", "✔", "✅", "required", "always", "1"})

_BY_TYPE: tuple[tuple[dict[str, object], tuple[str, ...]], ...] = (
    ({"type": "string"}, ("string", "str", "text", "char", "varchar")),
    ({"type": "integer"}, ("integer", "int", "long", "bigint", "smallint")),
    ({"type": "number"}, ("number", "float", "double", "real")),
    # An exact decimal travels as text or as a number: either is what the field means.
    ({"type": ["string", "number"]}, ("decimal", "money", "numeric", "amount")),
    ({"type": "boolean"}, ("boolean", "bool", "flag")),
    ({"type": "string", "format": "date"}, ("date",)),
    ({"type": "string", "format": "date-time"}, ("datetime", "timestamp", "instant", "date-time")),
    ({"type": "string", "format": "time"}, ("time",)),
    ({"type": "string", "format": "uuid"}, ("uuid", "guid")),
    ({"type": "string", "format": "email"}, ("email", "e-mail")),
    ({"type": "string", "format": "uri"}, ("url", "uri")),
    ({"type": "array"}, ("array", "list")),
    ({"type": "object"}, ("object", "map", "json", "dict")),
)
_TYPES = {word: schema for schema, words in _BY_TYPE for word in words}
_ARRAY_RE = re.compile(r"(?:array|list)\s*(?:<(.+)>|\[(.+)\]|\s+of\s+(.+))\Z|(.+)\[\]\Z", re.IGNORECASE)
_ENUM_RE = re.compile(r"enum\s*[(:\[]\s*(.+?)\s*[)\]]?\Z", re.IGNORECASE)


def tables_as_schemas(document: Document, *names: str) -> dict[str, dict[str, object]]:
    """Return the object schema of each field table in a document, by name.

    The first table goes by the document's title and by `names`; every table goes by its heading too.
    """
    found: dict[str, dict[str, object]] = {}
    first = True
    for section in document.sections:
        for part in section.walk():
            for table in part.tables:
                schema = table_schema(table)
                if schema is None:
                    continue
                called = [part.heading.text] if part.heading.text else []
                if first:
                    called += [*names, *([document.title.text] if document.title else [])]
                first = False
                for name in called:
                    found.setdefault(type_name(name), schema)
    return found


def table_schema(table: Table) -> dict[str, object] | None:
    """Return the object schema that a field table describes, None where it is none."""
    roles = [_role(cell.text) for cell in table.header]
    if "name" not in roles or "type" not in roles:
        return None
    properties: dict[str, object] = {}
    required: list[str] = []
    for row in table.rows:
        cells = {role: cell.text.strip().strip("`*") for role, cell in zip(roles, row, strict=True) if role}
        name = cells["name"]
        if not name:
            continue
        schema = dict(_type_schema(cells["type"]))
        if cells.get("about"):
            schema["description"] = cells["about"]
        properties[name] = schema
        asked = cells.get("required", "").lower() in _YES
        if asked or ("optional" in cells and cells["optional"].lower() not in _YES):
            required.append(name)
    schema = {"type": "object", "properties": properties}
    return {**schema, "required": required} if required else schema


def type_name(text: str) -> str:
    """Return a name as types are written: `Order payment` and `order-payment` are `OrderPayment`."""
    words = heading_words(text).split() or [text]
    return "".join(word[:1].upper() + word[1:] for word in words)


def _role(header: str) -> str:
    word = snake_case(header)
    for role, words in (("name", _NAME_COLUMNS), ("type", _TYPE_COLUMNS), ("required", _REQUIRED_COLUMNS),
                        ("optional", _OPTIONAL_COLUMNS), ("about", _ABOUT_COLUMNS)):  # fmt: skip
        if word in words:
            return role
    return ""


def _type_schema(text: str) -> dict[str, object]:
    array = _ARRAY_RE.match(text)
    if array:
        inner = next(group for group in array.groups() if group)
        return {"type": "array", "items": _type_schema(inner.strip())}
    enum = _ENUM_RE.match(text)
    if enum:
        return {"enum": [choice.strip().strip("`'\"") for choice in re.split(r"[,|]", enum.group(1))]}
    word = re.split(r"[\s(]", text.strip().lower(), maxsplit=1)[0]
    return _TYPES.get(word, {})
