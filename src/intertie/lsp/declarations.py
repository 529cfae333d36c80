"""What a path in a spec's YAML means: the declaration of its field, from the tables that also parse it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct

from intertie.lsp.outline import ITEM
from intertie.spec import fields as f
from intertie.spec.dialects import SCHEMA_LISTS, SCHEMA_MAPS, SCHEMAS
from intertie.spec.fields import Block, FieldInfo, Kind
from intertie.spec.model import Endpoint, ErrorRow, FrontMatter, InboundRow, OutboundRow
from intertie.spec.reading.keys import find_key
from intertie.spec.reading.routing import BLOCK_TYPES, PATH_KEYS, canonical_key

ROWS: Mapping[str, tuple[type[Block], str]] = MappingProxyType(
    {
        "inbound": (InboundRow, "Theirs to ours: rows from the answer into the result."),
        "outbound": (OutboundRow, "Ours to theirs: rows from the call's input into the request."),
        "error_mapping": (ErrorRow, "What each error of the service becomes."),
    }
)
"""Top-level keys that hold lists of rows."""

OTHER_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "components": "Schemas that `$ref` points at, under `schemas`.",
        **PATH_KEYS,
        "validation_cases": "Cases that show the spec holds.",
    }
)
_SCHEMA_HOLDERS = frozenset({"definitions", "$defs"})
_SCHEMAS: FieldInfo = f.anything(
    "Schemas by name; `$ref: '#/components/schemas/Name'` points at one.", template=False
).info


class Root(StrEnum):
    """What the outermost keys of a YAML text are."""

    FRONT_MATTER = "front matter"
    SPEC = "spec"
    ENDPOINT = "endpoint"


class Meaning(Struct, frozen=True):
    """What stands at a path.

    Attributes:
        name: The path in canonical keys, such as `retry.max_attempts`; rows and items leave no trace in it.
        info: Declaration of the field there; None for a root, a row, a named entry, and what is not declared.
        block: The block whose keys stand there, None where none are declared.
        root: For a root, which one.
        schema: It is a JSON Schema; `names` says that its keys are names of schemas.
    """

    name: str = ""
    info: FieldInfo | None = None
    block: type[Block] | None = None
    root: Root | None = None
    schema: bool = False
    names: bool = False


def meaning_of(root: Root, path: Sequence[str]) -> Meaning | None:
    """Return what a path means, None where nothing declares it.

    >>> found = meaning_of(Root.SPEC, ["retry", "max_attempts"])
    >>> found.name if found else None
    'retry.max_attempts'
    """
    found: Meaning | None = _root(root)
    for step in path:
        if found is None:
            return None
        found = _step(found, step)
    return found


def _root(root: Root) -> Meaning:
    blocks: dict[Root, type[Block]] = {Root.FRONT_MATTER: FrontMatter, Root.ENDPOINT: Endpoint}
    return Meaning(block=blocks.get(root), root=root)


def _step(at: Meaning, step: str) -> Meaning | None:
    if at.schema or at.names:
        return _in_schema(at, step)
    if at.root is not None and (found := _top(at.root, step)) is not None:
        return found
    if at.block is not None and (at.info is None or at.info.kind is Kind.BLOCK):
        return _field(at, step)
    return _inside(at, step) if at.info is not None else None


def _top(root: Root, step: str) -> Meaning | None:
    if root is Root.FRONT_MATTER:
        return None
    if step in _SCHEMA_HOLDERS:
        return Meaning(step, names=True)
    if step == "components":
        return Meaning("components", info=f.anything(OTHER_KEYS["components"], template=False).info)
    if root is Root.ENDPOINT:
        return None
    key = canonical_key(step)
    if key is None:
        return None
    if key in BLOCK_TYPES:
        block = BLOCK_TYPES[key]
        return Meaning(key, info=f.block(first_line(block), block).info, block=block)
    if key in ROWS:
        block, doc = ROWS[key]
        return Meaning(key, info=f.blocks(doc, block).info)
    if key in PATH_KEYS:
        return Meaning(key, info=f.text(PATH_KEYS[key], template=False).info)
    return None


def _field(at: Meaning, step: str) -> Meaning | None:
    assert at.block is not None  # noqa: S101  # asked for where there is one
    known = find_key(at.block, step)
    if known is None:
        return None
    name = f"{at.name}.{known.key}" if at.name else known.key
    info = known.info
    if info.kind is Kind.SCHEMA:
        return Meaning(name, info=info, schema=True)
    return Meaning(name, info=info, block=info.block if info.kind is Kind.BLOCK else None)


def _inside(at: Meaning, step: str) -> Meaning | None:
    """Go into a list, or to a name of a mapping whose names are the author's."""
    info = at.info
    assert info is not None  # noqa: S101  # asked for where there is one
    match info.kind:
        case Kind.BLOCKS if step == ITEM:
            return Meaning(at.name, block=info.block)
        case Kind.NAMED if step != ITEM:
            return Meaning(at.name, block=info.block)
        case Kind.LIST if step == ITEM:
            return Meaning(at.name, info=info.item)
        case Kind.MAP if step != ITEM:
            return Meaning(at.name, info=info.item)
        case Kind.ANY if at.name == "components" and step == "schemas":
            return Meaning("components.schemas", info=_SCHEMAS, names=True)
        case Kind.ANY:
            return Meaning(f"{at.name}.{step}" if step != ITEM else at.name, info=f.anything("", template=False).info)
        case _:
            return None


def _in_schema(at: Meaning, step: str) -> Meaning | None:
    if at.names:
        return Meaning(at.name, schema=True)
    if step == ITEM:
        return Meaning(at.name, schema=True)
    if step in SCHEMA_MAPS or step in SCHEMAS or step in SCHEMA_LISTS:
        names = step in SCHEMA_MAPS
        return Meaning(f"schema.{step}", info=SCHEMA_KEYWORDS.get(step), schema=not names, names=names)
    return Meaning(f"schema.{step}", info=SCHEMA_KEYWORDS.get(step))


def first_line(block: type[Block]) -> str:
    """Return what a block is, in its first line."""
    return (block.__doc__ or "").strip().splitlines()[0]


_TYPES = ("string", "number", "integer", "boolean", "array", "object", "null")
SCHEMA_KEYWORDS: Mapping[str, FieldInfo] = MappingProxyType(
    {
        "$ref": f.text("The schema that stands elsewhere: `#/components/schemas/Name`, a file, another spec.").info,
        "type": f.choice("Kind of the value.", *_TYPES).info,
        "properties": f.anything("Schema of each member, by name.").info,
        "required": f.anything("Members that must be there.").info,
        "additionalProperties": f.anything("Whether, or as what, other members are allowed.").info,
        "items": f.anything("Schema of the elements.").info,
        "enum": f.anything("The values that are allowed.").info,
        "const": f.anything("The one value that is allowed.").info,
        "format": f.choice(
            "Meaning of a text.", "date", "date-time", "time", "duration", "email", "uuid", "uri", "ipv4", "ipv6",
            "hostname", "unix-time",
        ).info,
        "pattern": f.text("Regular expression that a text matches.").info,
        "minimum": f.anything("Smallest number.").info,
        "maximum": f.anything("Largest number.").info,
        "minLength": f.anything("Fewest characters.").info,
        "maxLength": f.anything("Most characters.").info,
        "minItems": f.anything("Fewest elements.").info,
        "maxItems": f.anything("Most elements.").info,
        "description": f.text("What it is, for people.").info,
        "default": f.anything("What is meant where it is absent.").info,
        "examples": f.anything("Values as they look; the mock answers with them.").info,
        "allOf": f.anything("All of these schemas hold.").info,
        "anyOf": f.anything("At least one of these schemas holds.").info,
        "oneOf": f.anything("Exactly one of these schemas holds.").info,
    }
)  # fmt: skip
"""Keywords of JSON Schema that are offered and explained."""
