"""The provider's own error code and message, read from where a body has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from intertie.runtime.inputs.schema_shape import shape_of
from intertie.runtime.mapping.contracts import MISSING, FieldPath
from intertie.runtime.mapping.paths import parse_path
from intertie.runtime.schemas import CompiledSchema


class ErrorReading(Struct, frozen=True):
    """What an error answer says.

    Attributes:
        external_code: The provider's own code as text, None where there is none.
        message: Its sentence, None where there is none; for logs and people, never for decisions.
        data: The decoded body, None where it can't be decoded.
    """

    external_code: str | None
    message: str | None
    data: object


_CODE_NAMES: Final = (
    "code",
    "error_code",
    "errorCode",
    "Code",
    "ErrorCode",
    "errcode",
    "__type",
    "reason",
    "type",
    "status",
    "error",
)
_MESSAGE_NAMES: Final = (
    "message", "error_description", "errorMessage", "error_message", "Message", "detail", "description", "title", "msg",
    "faultstring",
)  # fmt: skip

CODE_PATHS: Final = tuple(
    parse_path(text)
    for text in (
        "error.code", "error.errors[0].reason", "error.type", "error.status", "errors[0].extensions.code",
        "errors[0].code", "errors[0].errorCode", "errors[0].reason", "errors[0].type", "fault.detail.errorcode",
        "fault.code", "fault.faultcode", "code", "error_code", "errorCode", "Code", "Error.Code", "ErrorCode", "__type",
        "errcode", "error", "[0].errorCode", "[0].code", "reason", "type", "title",
    )
)  # fmt: skip
"""The usual places, most telling first: Google, Stripe, GraphQL, Apigee, AWS, Salesforce, OAuth, RFC 9457."""

MESSAGE_PATHS: Final = tuple(
    parse_path(text)
    for text in (
        "error.message", "errors[0].message", "errors[0].detail", "error.description", "fault.faultstring",
        "fault.message", "message", "Message", "Error.Message", "error_description", "errorMessage", "error_message",
        "detail", "[0].message", "msg", "description", "title", "errors[0]", "error",
    )
)  # fmt: skip

_PROBLEM: Final = ("type", "title")
_BEGINS: Final = tuple((path.text.split(".")[0].split("[")[0], path) for path in CODE_PATHS)
"""Each usual place with the member that it begins at, empty for one in a list."""
_DEEPEST: Final = 3


def declared_paths(schema: CompiledSchema | None) -> tuple[tuple[FieldPath, ...], tuple[FieldPath, ...]]:
    """Return where a declared error schema has its code and its message, the most telling names first.

    >>> codes, messages = declared_paths(CompiledSchema({"properties": {"fault": {"properties": {"errorCode": {}}}}}))
    >>> [path.text for path in codes]
    ['fault.errorCode']
    """
    if schema is None:
        return (), ()
    fields = [path for path in _fields(schema.json, schema.json, (), 0) if path]

    def found(names: tuple[str, ...]) -> tuple[FieldPath, ...]:
        chosen = sorted(
            (path for path in fields if path[-1] in names), key=lambda path: (names.index(path[-1]), len(path))
        )
        return tuple(parse_path(".".join(path).replace(".[0]", "[0]")) for path in chosen)

    return found(_CODE_NAMES), found(_MESSAGE_NAMES)


def _fields(schema: object, root: object, path: tuple[str, ...], depth: int) -> Iterator[tuple[str, ...]]:
    """Yield the paths of members that may hold a scalar."""
    shape = shape_of(schema, root)
    if depth <= _DEEPEST:
        for name, member in shape.members.items():
            if name.replace("_", "").isalnum():
                yield from _fields(member, root, (*path, name), depth + 1)
        if shape.items is not None and path:
            yield from _fields(shape.items, root, (*path, "[0]"), depth + 1)
    if not shape.types or shape.types & {"string", "integer", "number"}:
        yield path


def first_text(data: object, paths: tuple[FieldPath, ...]) -> str | None:
    """Return the first scalar that the paths find, as text."""
    for path in paths:
        found = path.read(data)
        if found is MISSING or found is None or isinstance(found, bool | Mapping | list) or found == "":
            continue
        if isinstance(found, str | int | float):
            return str(found).strip()
    return None


def usual_code(data: object, content_type: str) -> str | None:
    """Return the code from the usual places; of a problem document, its `type` unless `about:blank` (RFC 9457).

    >>> usual_code({"error": {"code": "card_declined", "type": "card_error"}}, "application/json")
    'card_declined'
    >>> usual_code({"type": "https://shop.example/problems/out-of-stock"}, "application/problem+json")
    'out-of-stock'
    """
    if "problem+" in content_type and isinstance(data, Mapping):
        code = first_text(data, tuple(path for path in CODE_PATHS if path.text not in _PROBLEM))
        if code is not None:
            return code
        kind = data.get("type")
        if isinstance(kind, str) and kind not in ("", "about:blank"):
            return kind.rstrip("/").rpartition("/")[2].rpartition("#")[2].rpartition(":")[2] or kind
        title = data.get("title")
        return title if isinstance(title, str) and title else None
    # A success is looked at too, where it might hide an error: places that can't be there are not read.
    there = tuple(path for begin, path in _BEGINS if begin in data) if isinstance(data, dict) else CODE_PATHS
    return bare_code(first_text(data, there))


def bare_code(code: str | None) -> str | None:
    """Return a code without its namespace: AWS writes `com.amazon.coral#ThrottlingException`.

    >>> bare_code("com.amazon.coral#ThrottlingException"), bare_code("C#"), bare_code(None)
    ('ThrottlingException', 'C#', None)
    """
    return code.rpartition("#")[2] or code if code is not None and "#" in code and " " not in code else code
