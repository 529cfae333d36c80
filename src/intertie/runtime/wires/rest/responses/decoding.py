"""Bodies of answers as data, by the media type that came and else by the one that was declared."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl

import msgspec

from intertie.core.charsets import CharsetError, decode_text
from intertie.core.errors import InvalidResponse, Reach
from intertie.core.media_types import charset_of, codec_of, essence
from intertie.core.outside_text import shown
from intertie.runtime.bounds import BoundsError, check_form, decode_json_body
from intertie.runtime.http import Response

_VAGUE = frozenset({"text/plain", "text/html", "application/octet-stream", "binary/octet-stream"})
"""Media types of servers that don't know better: JSON under one of them is JSON, where no other type was promised."""

NOT_JSON: Final = (msgspec.DecodeError, UnicodeDecodeError, CharsetError, BoundsError)
"""What decoding a body as JSON raises."""


def decoded(response: Response, declared: str, operation: str) -> object:
    """Return the body of an answer as data: JSON, an object of form fields, text or bytes; None for an empty one.

    Nothing was promised here: the type that came decides, and JSON under a type that says nothing is JSON all the
    same, where `declared` says so.

    Args:
        response: With its whole body.
        declared: Codec for an answer that names no media type or a meaningless one.
        operation: Operation id, for the message.

    Raises:
        InvalidResponse: The body is not what its media type says; the message never holds a part of it.
    """
    body = response.body
    if not body:
        return None
    content_type = response.headers.get("content-type") or ""
    codec = codec_of(content_type) or declared
    if declared == "json" and codec != "json" and essence(content_type) in _VAGUE:
        try:
            return decode_json_body(body, charset_of(content_type))
        except NOT_JSON:
            pass  # what came is no JSON: it is read as what it says it is
    return decoded_as(codec, body, charset_of(content_type), content_type, operation)


def decoded_as(codec: str, body: bytes, charset: str, content_type: str, operation: str) -> object:
    """Return a body, not empty, as the data of a codec; XML is text, multipart is bytes.

    Raises:
        InvalidResponse: The body is not of that codec.
    """
    if codec == "json":
        try:
            return decode_json_body(body, charset)
        except NOT_JSON as error:
            raise not_json(operation, content_type, error) from None
    if codec in ("binary", "multipart"):
        return body
    try:
        if codec == "form":
            check_form(body)
        text = decode_text(body, charset)
    except (CharsetError, BoundsError) as error:
        what = "a form" if codec == "form" else "text"
        raise _unreadable(operation, content_type, what, str(error)) from None
    return _form(text) if codec == "form" else text


def not_json(operation: str, content_type: str, error: Exception) -> InvalidResponse:
    """Return what an answer is that decoding as JSON refused with one of `NOT_JSON`."""
    why = "its bytes are not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
    return _unreadable(operation, content_type, "JSON", why)


def _form(text: str) -> dict[str, object]:
    fields: dict[str, object] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        known = fields.get(name)
        if name not in fields:
            fields[name] = value
        elif isinstance(known, list):
            known.append(value)
        else:
            fields[name] = [known, value]
    return fields


def _unreadable(operation: str, content_type: str, what: str, why: str) -> InvalidResponse:
    named = f" ({shown(essence(content_type), most=80)})" if content_type else ""
    return InvalidResponse(
        f"{operation}: the answer{named} can't be read as {what}: {why}",
        path="$",
        rule=f"be {what}",
        operation=operation,
        reached=Reach.YES,
    )
