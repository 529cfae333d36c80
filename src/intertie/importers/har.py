"""A HAR recording into an `ApiDescription`: which calls an application made, not what was in them.

Source: HTTP Archive 1.2 (W3C Web Performance, historical draft).
"""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import parse_qsl, urlsplit

import msgspec

from intertie.core.json_pointer import step
from intertie.core.media_types import codec_of, essence
from intertie.core.plurals import plural
from intertie.importers.losses import Ledger
from intertie.importers.model import ApiDescription
from intertie.importers.openapi3 import METHODS, ImportOptions
from intertie.importers.plain import Mapping, mapping, mappings, word
from intertie.importers.traffic import Exchange, describe_traffic
from intertie.runtime.bounds import BoundsError, decode_json

_ASSET_RE = re.compile(
    r"text/(?:html|css|javascript)|(?:application|text)/(?:x-)?(?:javascript|ecmascript)|image/.*|font/.*|video/.*|audio/.*"
    r"|application/(?:font.*|x-font.*|vnd\.ms-fontobject|manifest\+json|wasm)",
    re.IGNORECASE,
)
_ASSET_TYPES = frozenset(
    {"document", "stylesheet", "script", "image", "font", "media", "manifest", "websocket", "ping"}
)


def describe_har(document: Mapping, options: ImportOptions, ledger: Ledger) -> ApiDescription:
    """Return the service that most of the recorded calls went to.

    Raises:
        UsageError: The recording holds no calls of an API, or the selection fits none.
    """
    exchanges = []
    for at, entry in enumerate(mappings(mapping(document.get("log")).get("entries"))):
        where = step("#/log/entries", at)
        exchange = _exchange(entry, where, ledger)
        if exchange is not None:
            exchanges.append(exchange)
    if exchanges:
        ledger.lose("recorded-value", f"values of {plural(len(exchanges), 'call')}", "#/log/entries")
    return describe_traffic(exchanges, options, ledger, kind="a HAR recording")


def _exchange(entry: Mapping, where: str, ledger: Ledger) -> Exchange | None:
    request, response = mapping(entry.get("request")), mapping(entry.get("response"))
    method, url = word(request.get("method")).upper(), word(request.get("url"))
    content = mapping(response.get("content"))
    media = _media(content.get("mimeType"))
    if (media and _ASSET_RE.fullmatch(media)) or word(entry.get("_resourceType")).lower() in _ASSET_TYPES:
        ledger.lose("asset", media or word(entry.get("_resourceType")), where)
        return None
    if method == "OPTIONS":
        ledger.lose("asset", "preflight request", where)
        return None
    if method.lower() not in METHODS:
        ledger.lose("method", method or "no method", where)
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https"):
        ledger.lose("server", url.partition("?")[0][:100] or "no URL", where)
        return None
    exchange = Exchange(method, f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}", parts.path or "/", where)
    pairs = [(word(each.get("name")), word(each.get("value"))) for each in mappings(request.get("queryString"))]
    exchange.query = [*(pairs or parse_qsl(parts.query, keep_blank_values=True))]
    exchange.headers = [(word(each.get("name")), word(each.get("value"))) for each in mappings(request.get("headers"))]
    _sent(exchange, mapping(request.get("postData")), ledger)
    status = response.get("status")
    if isinstance(status, int) and status >= 100:
        exchange.answers.append((status, media, _received(content, media), False))
    return exchange


def _sent(exchange: Exchange, post: Mapping, ledger: Ledger) -> None:
    """Fill in what the request carried."""
    media = _media(post.get("mimeType"))
    text = post.get("text")
    fields = list(mappings(post.get("params")))
    if not post or (not text and not fields):
        return
    exchange.has_body, exchange.media = True, media
    if fields:
        names = [word(each.get("name")) for each in fields]
        exchange.body = {word(each.get("name")): word(each.get("value")) for each in fields}
        files = {word(each.get("name")) for each in fields if each.get("fileName")}
        if files:
            exchange.body_schema = {
                "type": "object",
                "properties": {
                    name: {"type": "string", **({"format": "binary"} if name in files else {})} for name in names
                },
            }
    elif isinstance(text, str):
        exchange.body = read_body(text, media)
        if exchange.body is None and media and codec_of(media) == "json":
            ledger.lose("unreadable-body", media, exchange.where)


def read_body(text: str, media: str | None) -> object:
    """Return a body as plain data, None where it is of no kind that has fields."""
    if media is None or codec_of(media) == "json":
        try:
            return decode_json(text.encode())
        except (msgspec.DecodeError, BoundsError, UnicodeEncodeError):
            return None
    if codec_of(media) == "form":
        return dict(parse_qsl(text, keep_blank_values=True))
    return None


def _received(content: Mapping, media: str | None) -> object:
    text = content.get("text")
    if not isinstance(text, str) or media is None or codec_of(media) != "json":
        return None
    if content.get("encoding") == "base64":
        try:
            text = base64.b64decode(text, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            return None
    return read_body(text, media)


def _media(value: object) -> str | None:
    name = essence(word(value))
    return name if re.fullmatch(r"[\w.+-]+/[\w.+-]+", name) else None
