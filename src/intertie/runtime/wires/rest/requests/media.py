"""Bodies as bytes: JSON, forms, multipart, text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TypeGuard

import msgspec

from intertie.runtime.inputs.scalars import scalar_text
from intertie.runtime.wires.rest.requests.percent import form_component

File = bytes | tuple[str, bytes] | tuple[str, bytes, str]

_json = msgspec.json.Encoder(decimal_format="number").encode
encode_json: Callable[[object], bytes] = _json
"""Return JSON bytes; decimals are numbers with all their digits."""


def encode_form(body: Mapping[str, object]) -> bytes:
    """Return `application/x-www-form-urlencoded` bytes.

    Members of objects are `a[b]=1`, elements of lists `a[]=1&a[]=2`, objects in lists `a[0][b]=1`; null is empty.

    >>> encode_form({"metadata": {"order id": "o-1"}, "expand": ["a", "b"], "note": None})
    b'metadata%5Border+id%5D=o-1&expand%5B%5D=a&expand%5B%5D=b&note='

    Raises:
        ValueError: A member is no plain data.
    """
    found: list[str] = []
    for name, value in body.items():
        _add_field(found, _form_key(name), value)
    return "&".join(found).encode("ascii")


_form_key = lru_cache(maxsize=1024)(form_component)
"""Names come again with every call, values do not."""


def _add_field(found: list[str], key: str, value: object) -> None:
    kind = type(value)
    if kind is str:
        found.append(f"{key}={form_component(value)}")  # type: ignore[arg-type]
    elif kind is int:
        found.append(f"{key}={value}")
    elif kind is not bool and isinstance(value, Mapping):
        for name, member in value.items():
            _add_field(found, f"{key}%5B{_form_key(str(name))}%5D", member)
    elif isinstance(value, list):
        indexed = any(isinstance(element, Mapping | list) for element in value)
        for index, element in enumerate(value):
            _add_field(found, f"{key}%5B{index}%5D" if indexed else f"{key}%5B%5D", element)
    else:
        found.append(f"{key}={form_component(scalar_text(value))}")


def is_file(value: object) -> TypeGuard[File]:
    """Return whether a member is a file: bytes, `(name, bytes)` or `(name, bytes, content type)`."""
    if isinstance(value, bytes | bytearray | memoryview):
        return True
    return (
        isinstance(value, tuple)
        and len(value) in (2, 3)
        and isinstance(value[0], str)
        and isinstance(value[1], bytes | bytearray | memoryview)
        and all(isinstance(part, str) for part in value[2:])
    )


def encode_multipart(body: Mapping[str, object], boundary: str) -> bytes:
    """Return `multipart/form-data` bytes (RFC 7578): files as they are, texts plain, objects as JSON parts.

    Elements of a list are parts of the same name. Names are escaped as browsers do (WHATWG HTML, multipart form data).

    Raises:
        ValueError: A member is no plain data, a content type can't be sent, or a part contains the boundary.
    """
    parts: list[bytes] = []
    for name, value in body.items():
        # A tuple with bytes is one file; a list is several parts.
        parts.extend(_part(name, element) for element in (value if isinstance(value, list) else [value]))
    mark = boundary.encode("ascii")
    if any(mark in part for part in parts):
        raise ValueError("contains the boundary of its own body")
    return b"".join(b"--%b\r\n%b\r\n" % (mark, part) for part in parts) + b"--%b--\r\n" % mark


def _part(name: str, value: object) -> bytes:
    disposition = f'Content-Disposition: form-data; name="{_escaped(name)}"'
    if is_file(value):
        filename, content, content_type = _file(value)
        if not _is_token_like(content_type):
            raise ValueError("has a content type that can't be sent")
        head = f'{disposition}; filename="{_escaped(filename)}"\r\nContent-Type: {content_type}'
        return head.encode() + b"\r\n\r\n" + bytes(content)
    if isinstance(value, Mapping | list):
        return f"{disposition}\r\nContent-Type: application/json\r\n\r\n".encode() + encode_json(value)
    return f"{disposition}\r\n\r\n{scalar_text(value)}".encode()


def _file(value: File) -> tuple[str, bytes, str]:
    if isinstance(value, tuple):
        return value[0], value[1], value[2] if len(value) == 3 else "application/octet-stream"
    return "file", bytes(value), "application/octet-stream"


def _escaped(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "%0D%0A").replace('"', "%22")


def _is_token_like(text: str) -> bool:
    return bool(text) and all(" " <= character <= "~" for character in text)
