"""Encodings of text: Base64, hexadecimal, URLs, HTML, JSON."""

from __future__ import annotations

import base64
import binascii
import html
import re
from urllib.parse import quote, unquote_to_bytes

import msgspec

from intertie.runtime.bounds import BoundsError, decode_json
from intertie.runtime.mapping.json_ready import to_json_ready
from intertie.runtime.mapping.transforms.spec import TransformSpec
from intertie.runtime.mapping.values import TransformError

_COMMENT_END_RE = re.compile("-->")
_SCRIPT_RE = re.compile(r"<(?:script|style)\b", re.IGNORECASE)
_SCRIPT_END_RE = re.compile(r"</(?:script|style)\s*>", re.IGNORECASE)
_TAG_END_RE = re.compile(">")
_BAD_PERCENT_RE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def base64_encode(value: str) -> str:
    """UTF-8 bytes of a text in Base64 (RFC 4648 section 4).

    >>> base64_encode("Zoë")
    'Wm/Dqw=='
    """
    return base64.b64encode(value.encode()).decode()


def base64_decode(value: str) -> str:
    """Text whose UTF-8 bytes are given in Base64, padded or not.

    >>> base64_decode("Wm/Dqw==")
    'Zoë'
    """
    return _decoded(value, altchars=None)


def base64url_encode(value: str) -> str:
    """UTF-8 bytes of a text in the URL-safe Base64 without padding (RFC 4648 section 5).

    >>> base64url_encode("a?b>")
    'YT9iPg'
    """
    return base64.urlsafe_b64encode(value.encode()).decode().rstrip("=")


def base64url_decode(value: str) -> str:
    """Text whose UTF-8 bytes are given in the URL-safe Base64, padded or not.

    >>> base64url_decode("YT9iPg")
    'a?b>'
    """
    return _decoded(value, altchars=b"-_")


def hex_encode(value: str) -> str:
    """UTF-8 bytes of a text in hexadecimal.

    >>> hex_encode("ë")
    'c3ab'
    """
    return value.encode().hex()


def hex_decode(value: str) -> str:
    """Text whose UTF-8 bytes are given in hexadecimal.

    >>> hex_decode("c3ab")
    'ë'
    """
    try:
        return bytes.fromhex(value).decode()
    except ValueError:
        raise TransformError("takes hexadecimal of UTF-8 text") from None


def url_encode(value: str) -> str:
    """Text percent-encoded but for the unreserved characters (RFC 3986 section 2.3).

    >>> url_encode("a b/ö")
    'a%20b%2F%C3%B6'
    """
    return quote(value, safe="")


def url_decode(value: str) -> str:
    """Text with its percent-encoding undone; `+` stays `+`.

    >>> url_decode("a%20b%2F%C3%B6")
    'a b/ö'
    """
    if _BAD_PERCENT_RE.search(value):
        raise TransformError("takes percent-encoded text: each `%` needs two hexadecimal digits")
    try:
        return unquote_to_bytes(value).decode()
    except ValueError:
        raise TransformError("takes percent-encoded UTF-8") from None


def html_escape(value: str) -> str:
    """Text with `&`, `<`, `>` and quotes as HTML entities.

    >>> html_escape("a < b & c")
    'a &lt; b &amp; c'
    """
    return html.escape(value)


def html_unescape(value: str) -> str:
    """Text with its HTML entities resolved.

    >>> html_unescape("a &lt; b &amp; c")
    'a < b & c'
    """
    return html.unescape(value)


def strip_html(value: str) -> str:
    """Readable text of an HTML fragment: no tags, comments, scripts or styles; entities resolved, spaces collapsed.

    It makes text readable; it is no protection against hostile markup.

    >>> strip_html("<p>Hello <b>you</b> &amp; me</p>")
    'Hello you & me'
    """
    return " ".join(html.unescape(_without_tags(value)).split())


def json_encode(value: object) -> str:
    """Value as JSON text.

    >>> json_encode({"a": [1, True]})
    '{"a":[1,true]}'
    """
    return msgspec.json.encode(to_json_ready(value)).decode()


def json_decode(value: str) -> object:
    """Value of a JSON text.

    >>> json_decode('{"a":[1,true]}')
    {'a': [1, True]}
    """
    try:
        return decode_json(value.encode())
    except (msgspec.DecodeError, UnicodeEncodeError, BoundsError):
        raise TransformError("takes JSON text") from None


def _without_tags(text: str) -> str:
    """Return the text with a blank for each tag, comment and script. An end that is not there is looked for once."""
    parts: list[str] = []
    missing: set[re.Pattern[str]] = set()
    done = at = 0
    while (at := text.find("<", at)) >= 0:
        ends = [_TAG_END_RE]
        if text.startswith("<!--", at):
            ends.insert(0, _COMMENT_END_RE)
        elif _SCRIPT_RE.match(text, at):
            ends.insert(0, _SCRIPT_END_RE)
        for end_re in ends:
            end = None if end_re in missing else end_re.search(text, at + 4 if end_re is _COMMENT_END_RE else at)
            if end is not None:
                parts.append(text[done:at])
                done = at = end.end()
                break
            missing.add(end_re)
        else:
            break  # no tag ends from here on
    return " ".join((*parts, text[done:]))


def _decoded(value: str, *, altchars: bytes | None) -> str:
    stripped = value.strip()
    try:
        padded = stripped + "=" * (-len(stripped) % 4)
        return base64.b64decode(padded, altchars=altchars, validate=True).decode()
    except (binascii.Error, ValueError):
        raise TransformError("takes Base64 of UTF-8 text") from None


ENCODINGS: tuple[TransformSpec, ...] = (
    TransformSpec(base64_encode, "text", "text", inverse="base64_decode"),
    TransformSpec(base64_decode, "text", "text", inverse="base64_encode"),
    TransformSpec(base64url_encode, "text", "text", inverse="base64url_decode"),
    TransformSpec(base64url_decode, "text", "text", inverse="base64url_encode"),
    TransformSpec(hex_encode, "text", "text", inverse="hex_decode"),
    TransformSpec(hex_decode, "text", "text", inverse="hex_encode"),
    TransformSpec(url_encode, "text", "text", inverse="url_decode"),
    TransformSpec(url_decode, "text", "text", inverse="url_encode"),
    TransformSpec(html_escape, "text", "text", inverse="html_unescape"),
    TransformSpec(html_unescape, "text", "text", inverse="html_escape"),
    TransformSpec(strip_html, "text", "text"),
    TransformSpec(json_encode, "any", "text", inverse="json_decode"),
    TransformSpec(json_decode, "text", "any", inverse="json_encode"),
)
