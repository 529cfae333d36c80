"""How a model declares its fields: one line each, read by the parser, the checker, the formatter and the editor.

A block is a frozen struct whose attributes are made by the functions below. The attribute's name is the YAML key.
The same table parses, suggests ("did you mean"), documents, and orders keys.

Records are `msgspec.Struct`s all over the project: such a class is made in 20 microseconds, a frozen dataclass in up to
a millisecond, which a command that starts with 200 of them would feel; instances are made and compared faster too.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Generic, TypeVar, dataclass_transform

from msgspec import Struct, StructMeta, field

from intertie.diagnostics import SourceSpan

T = TypeVar("T")


class Located(Struct, Generic[T], frozen=True, gc=False):
    """A value with its place, the place of its key, and the text it was read from."""

    value: T
    span: SourceSpan
    key_span: SourceSpan
    text: str


class Kind(StrEnum):
    """What a field holds once read."""

    TEXT = "text"  # Located[str]
    CHOICE = "choice"  # Located[str], one of `choices`
    FLAG = "true or false"  # Located[bool]
    INTEGER = "whole number"  # Located[int]
    NUMBER = "number"  # Located[float]
    DURATION = "duration"  # Located[float], seconds; a bare number is in `bare_unit`
    RATIO = "percentage"  # Located[float], 0..1
    MONEY = "amount"  # Located[MoneyText]
    TARGET = "upper bound"  # Located[float], seconds; `< 200`, `<200ms`, `200`
    SECRET = "secret reference"  # noqa: S105 - Located[str], such as env:NAME
    SCHEMA = "schema"  # Located[Schema]
    ANY = "any value"  # Located[object], plain data
    BLOCK = "block"  # a Block
    BLOCKS = "list of blocks"  # tuple[Block, ...]
    NAMED = "named blocks"  # tuple[tuple[Located[str], Block], ...]
    LIST = "list"  # tuple[Located[item], ...]
    MAP = "mapping"  # tuple[tuple[Located[str], Located[item]], ...]


class FieldInfo(Struct, frozen=True):
    """The declaration of one field."""

    kind: Kind
    doc: str
    aliases: tuple[str, ...] = ()
    """Other keys accepted with an info that names this one."""
    choices: tuple[str, ...] = ()
    choice_aliases: Mapping[str, str] = field(default_factory=dict)
    bare_unit: str = "s"
    item: FieldInfo | None = None
    block: type[Block] | None = None
    minimum: float | None = None
    maximum: float | None = None
    example: str = ""
    """What to write where the kind alone does not tell."""
    key: str = ""
    """The YAML key where it can't be the attribute's name (`in`)."""
    takes_null: bool = False
    """Whether a written `null` is a value of its own, other than nothing at all."""
    template: bool = True
    """Whether the founding template has it; False for an addition of ours."""


class Declared(Struct, frozen=True):
    """What the functions below put into a block's body: the declaration, and the value of a field that is absent."""

    info: FieldInfo
    default: object


@dataclass_transform(frozen_default=True)
class BlockType(StructMeta):
    """The type of blocks: it keeps their declarations apart from their default values."""

    declared: dict[str, tuple[str, FieldInfo]]

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> BlockType:  # noqa: PYI034  # a metaclass has no Self
        """Return a frozen struct class that knows what was declared in its body and in its bases."""
        own = {key: value for key, value in namespace.items() if isinstance(value, Declared)}
        made = super().__new__(
            cls, name, bases, namespace | {key: value.default for key, value in own.items()}, frozen=True, gc=False
        )
        made.declared = {}
        for base in bases:
            made.declared |= getattr(base, "declared", {})
        for attribute, value in own.items():
            made.declared[value.info.key or attribute] = (attribute, value.info)
        return made


class Block(Struct, metaclass=BlockType):
    """A mapping of the spec once read.

    `span` is its whole text; `head` is the key or heading that a missing field points at.
    """

    span: SourceSpan
    head: SourceSpan


def _declare(kind: Kind, doc: str, default: object = None, **options: Any) -> Any:
    return Declared(FieldInfo(kind, doc, **options), default)


def text(doc: str, **options: Any) -> Any:
    """Declare a text field."""
    return _declare(Kind.TEXT, doc, **options)


def choice(doc: str, *choices: str, **options: Any) -> Any:
    """Declare a field with a fixed set of values."""
    return _declare(Kind.CHOICE, doc, choices=choices, **options)


def flag(doc: str, **options: Any) -> Any:
    """Declare a true/false field."""
    return _declare(Kind.FLAG, doc, **options)


def integer(doc: str, minimum: float | None = 0, **options: Any) -> Any:
    """Declare a whole number, `minimum` 0 unless told otherwise."""
    return _declare(Kind.INTEGER, doc, minimum=minimum, **options)


def number(doc: str, minimum: float | None = 0, **options: Any) -> Any:
    """Declare a number, `minimum` 0 unless told otherwise."""
    return _declare(Kind.NUMBER, doc, minimum=minimum, **options)


def duration(doc: str, bare_unit: str, minimum: float = 0, **options: Any) -> Any:
    """Declare a duration; it is read into seconds, and so is `minimum` said."""
    return _declare(Kind.DURATION, doc, bare_unit=bare_unit, minimum=minimum, **options)


def ratio(doc: str, **options: Any) -> Any:
    """Declare a percentage; it is read into 0..1."""
    return _declare(Kind.RATIO, doc, minimum=0, maximum=1, **options)


def money(doc: str, **options: Any) -> Any:
    """Declare an amount of money."""
    return _declare(Kind.MONEY, doc, **options)


def target(doc: str, bare_unit: str, **options: Any) -> Any:
    """Declare an upper bound of time; it is read into seconds."""
    return _declare(Kind.TARGET, doc, bare_unit=bare_unit, minimum=0, **options)


def secret(doc: str, **options: Any) -> Any:
    """Declare a reference to a secret."""
    return _declare(Kind.SECRET, doc, **options)


def schema(doc: str, **options: Any) -> Any:
    """Declare a JSON Schema, inline or by `$ref`."""
    return _declare(Kind.SCHEMA, doc, **options)


def anything(doc: str, **options: Any) -> Any:
    """Declare a field of free data."""
    return _declare(Kind.ANY, doc, **options)


def block(doc: str, of: type[Block], **options: Any) -> Any:
    """Declare a nested block."""
    return _declare(Kind.BLOCK, doc, block=of, **options)


def blocks(doc: str, of: type[Block], **options: Any) -> Any:
    """Declare a list of blocks."""
    return _declare(Kind.BLOCKS, doc, (), block=of, **options)


def named(doc: str, of: type[Block], **options: Any) -> Any:
    """Declare a mapping from a name to a block."""
    return _declare(Kind.NAMED, doc, (), block=of, **options)


def list_of(doc: str, item: Any, **options: Any) -> Any:
    """Declare a list; `item` is a declaration such as `text("…")`."""
    return _declare(Kind.LIST, doc, (), item=item.info, **options)


def map_of(doc: str, item: Any, **options: Any) -> Any:
    """Declare a mapping from a name to `item`."""
    return _declare(Kind.MAP, doc, (), item=item.info, **options)


def declared_fields(block_type: type[Block]) -> dict[str, tuple[str, FieldInfo]]:
    """Return YAML key -> (attribute, declaration) in canonical order."""
    return block_type.declared
