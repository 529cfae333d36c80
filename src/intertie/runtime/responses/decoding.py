"""Bodies of answers as data, by the media type that came and else by the one that was declared."""

from __future__ import annotations

from urllib.parse import parse_qsl

import msgspec

from intertie.core.errors import InvalidResponse, Reach
from intertie.runtime.http import Response
from intertie.runtime.requests.media import charset_of

_JSON_TYPES = frozenset({"application/json", "text/json", "application/javascript", "text/javascript"})
_DECLARED_WINS = frozenset({"", "text/plain", "text/html", "application/octet-stream", "binary/octet-stream"})
"""Media types of servers that don't know better: JSON under one of them is read as JSON where it was declared."""

_decode_json = msgspec.json.Decoder().decode


def codec_of(content_type: str) -> str:
    """Return how a media type is read: `json`, `form`, `xml`, `text` or `binary`; empty for one that is not named.

    >>> codec_of("application/problem+json; charset=utf-8"), codec_of("image/png"), codec_of("")
    ('json', 'binary', '')
    """
    media = content_type.partition(";")[0].strip().lower()
    if not media or media in ("*/*", "application/*"):
        return ""
    if media in _JSON_TYPES or media.endswith("+json"):
        return "json"
    if media == "application/x-www-form-urlencoded":
        return "form"
    if media in ("application/xml", "text/xml") or media.endswith("+xml"):
        return "xml"
    return "text" if media.startswith("text/") or media in ("application/yaml", "application/x-ndjson") else "binary"


def decoded(response: Response, declared: str, operation: str) -> object:
    """Return the body of an answer as data: JSON, an object of form fields, text or bytes; None for an empty one.

    Args:
        response: With its whole body.
        declared: Codec that the spec declares, for an answer that names no media type or a meaningless one.
        operation: Operation id, for the message.

    Raises:
        InvalidResponse: The body is not what its media type says; the message never holds a part of it.
    """
    body = response.body
    if not body:
        return None
    content_type = response.headers.get("content-type") or ""
    if content_type == "application/json":
        return _json(body, content_type, operation)
    codec = codec_of(content_type)
    if declared == "json" and codec != "json" and content_type.partition(";")[0].strip().lower() in _DECLARED_WINS:
        try:
            return _decode_json(_utf8(body, content_type))
        except (msgspec.DecodeError, UnicodeDecodeError, LookupError, RecursionError):
            codec = codec or declared  # what came is no JSON: it is read as what it says it is
    codec = codec or declared
    if codec == "json":
        return _json(body, content_type, operation)
    if codec == "binary":
        return body
    text = _text(body, content_type, operation)
    return _form(text) if codec == "form" else text


def _json(body: bytes, content_type: str, operation: str) -> object:
    try:
        return _decode_json(_utf8(body, content_type))
    except msgspec.DecodeError as error:
        raise _unreadable(operation, content_type, "JSON", str(error)) from None
    except RecursionError:
        raise _unreadable(operation, content_type, "JSON", "it is nested too deeply") from None
    except (UnicodeDecodeError, LookupError):
        raise _unreadable(operation, content_type, "JSON", "its charset does not fit") from None


def _utf8(body: bytes, content_type: str) -> bytes:
    """Return JSON bytes as UTF-8 without a byte order mark; RFC 8259 section 8.1 has no other, some servers do."""
    charset = charset_of(content_type)
    if charset not in ("utf-8", "utf8", "us-ascii"):
        return body.decode(charset).encode()
    return body[3:] if body.startswith(b"\xef\xbb\xbf") else body


def _text(body: bytes, content_type: str, operation: str) -> str:
    try:
        return body.decode(charset_of(content_type)).removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError):
        raise _unreadable(operation, content_type, "text", "its charset does not fit") from None


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
    named = f" ({content_type.partition(';')[0]})" if content_type else ""
    return InvalidResponse(
        f"{operation}: the answer{named} can't be read as {what}: {why}",
        path="$",
        rule=f"be {what}",
        operation=operation,
        reached=Reach.YES,
    )
