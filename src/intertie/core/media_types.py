"""Media types by their structure: what a body of one is, and whether two of them agree.

One place decides for everybody: compiler, requests, answers, mock, lint and importers.

| media type | codec |
|---|---|
| `application/json`, `text/json`, `+json`, `x-amz-json-1.1`, JavaScript | `json` |
| `application/xml`, `text/xml`, `+xml` | `xml` |
| `application/x-www-form-urlencoded` | `form` |
| `multipart/…` | `multipart` |
| `text/…`, YAML, lines of JSON, XHTML | `text` |
| `*/*`, `application/*`, nothing, what is no media type | none: the empty text |
| everything else | `binary` |

Source: RFC 6838 section 4.2.8 (structured suffixes), RFC 6648 (`x-` says nothing), RFC 9110 section 8.3.1 (syntax).
"""

from __future__ import annotations

import re

_TYPE_RE = re.compile(r"[\w!#$&^.+*-]+/[\w!#$&^.+*-]+\Z", re.ASCII)
_JSON_RE = re.compile(r"(?:[\w!#$&^.+-]*[+-])?json(?:-\d+(?:\.\d+)*)?\Z", re.ASCII)
"""`json`, whatever stands before it with `+` or `-`, and a version behind it: AWS writes `x-amz-json-1.1`."""
_XML_RE = re.compile(r"(?:[\w!#$&^.+-]*[+-])?xml\Z", re.ASCII)
_CHARSET_RE = re.compile(r""";\s*charset\s*=\s*["']?([\w.:+-]+)""", re.IGNORECASE | re.ASCII)

_JSON_LINES = frozenset({"ndjson", "jsonl", "jsonlines", "ldjson", "json-lines", "json-seq", "json-stream"})
_SAME = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "audio/mp3": "audio/mpeg",
    "application/zip-compressed": "application/zip",
}
"""Names that servers use for a registered type."""
_BYTES = frozenset({"application/octet-stream", "binary/octet-stream"})
_ANYTHING = frozenset({"*/*", "application/*"})
_CONCRETE = {
    "text": "text/plain", "image": "image/png", "audio": "audio/mpeg", "video": "video/mp4", "font": "font/woff2",
    "multipart": "multipart/mixed",
}  # fmt: skip
_OF_CODEC = {
    "json": "application/json", "xml": "application/xml", "form": "application/x-www-form-urlencoded",
    "multipart": "multipart/form-data", "text": "text/plain", "binary": "application/octet-stream",
}  # fmt: skip


def essence(content_type: str) -> str:
    """Return the media type without its parameters, in lower case.

    >>> essence("Application/JSON; charset=utf-8")
    'application/json'
    """
    return content_type.partition(";")[0].strip().lower()


def codec_of(content_type: str) -> str:
    """Return how a body of this media type is read and written; empty where the type names nothing.

    >>> [codec_of(t) for t in ("application/problem+json; charset=utf-8", "text/xml", "text/csv", "image/png", "*/*")]
    ['json', 'xml', 'text', 'binary', '']
    """
    return _codec(_family(essence(content_type)))


def agree(declared: str, received: str) -> bool:
    """Return whether a body of the type `received` is what `declared` promises.

    Parameters make no difference, nor does `x-`. All of JSON is one, so are all of XML, of YAML and of JSON lines. A
    wildcard covers what it says. `application/octet-stream` says only that there are bytes: declared, it covers
    everything but an HTML page, which is what a proxy or a login answers with in a file's place; received, it stands
    for any type that is bytes. What names no type (nothing, `*/*`, a word that is no media type) contradicts nothing.

    >>> agree("application/json", "application/vnd.api+json; charset=utf-8"), agree("application/json", "text/html")
    (True, False)
    >>> agree("image/*", "image/png"), agree("application/pdf", "application/octet-stream")
    (True, True)
    """
    wanted, came = _family(essence(declared)), _family(essence(received))
    if not wanted or not came or came == "*/*" or wanted in (came, "*/*"):
        return True
    if wanted.endswith("/*"):
        return essence(received).startswith(wanted[:-1])
    if wanted in _BYTES:
        return came != "html"
    return came in _BYTES and _codec(wanted) == "binary"


def covers_anything(content_type: str) -> bool:
    """Return whether a media type promises no format at all: `*/*`, `application/*`, or what is none."""
    return not codec_of(content_type)


def says_only_bytes(content_type: str) -> bool:
    """Return whether a media type is the one of arbitrary bytes."""
    return essence(content_type) in _BYTES


def is_json_lines(content_type: str) -> bool:
    """Return whether a body has one JSON document a line.

    >>> is_json_lines("application/x-ndjson"), is_json_lines("application/json")
    (True, False)
    """
    return _family(essence(content_type)) == "jsonlines"


def concrete(content_type: str | None, codec: str) -> str:
    """Return a media type that can stand on a message: the declared one, one that a wildcard covers, or the codec's.

    >>> concrete("image/*", "binary"), concrete("application/json; charset=utf-8", "json"), concrete(None, "binary")
    ('image/png', 'application/json; charset=utf-8', 'application/octet-stream')
    """
    if content_type is None or covers_anything(content_type):
        return _OF_CODEC.get(codec, "application/octet-stream")
    media = essence(content_type)
    if not media.endswith("/*"):
        return content_type
    return _CONCRETE.get(media[:-2], f"{media[:-2]}/octet-stream")


def charset_of(content_type: str | None) -> str:
    """Return the charset parameter of a media type in lower case, `utf-8` where it has none.

    >>> charset_of("text/plain; charset=ISO-8859-1"), charset_of("application/json"), charset_of(None)
    ('iso-8859-1', 'utf-8', 'utf-8')
    """
    match = _CHARSET_RE.search(content_type) if content_type else None
    return match.group(1).lower() if match else "utf-8"


def _family(media: str) -> str:
    """Return one name for all media types of one structure; empty for what is no media type."""
    if not _TYPE_RE.match(media):
        return ""
    if media in _ANYTHING:
        return media
    kind, _, subtype = media.partition("/")
    bare = subtype.removeprefix("x-")
    if media in ("text/html", "application/xhtml+xml"):
        return "html"
    if bare in _JSON_LINES or bare.rpartition("+")[2] in _JSON_LINES:
        return "jsonlines"
    if _JSON_RE.match(subtype) or bare in ("javascript", "ecmascript"):
        return "json"
    if _XML_RE.match(subtype):
        return "xml"
    if bare == "yaml" or bare.endswith("+yaml"):
        return "yaml"
    named = f"{kind}/{bare}"
    return _SAME.get(named, named)


def _codec(family: str) -> str:
    if family in ("", *_ANYTHING):
        return ""
    if family in ("json", "xml"):
        return family
    if family == "application/www-form-urlencoded":
        return "form"
    if family.startswith("multipart/"):
        return "multipart"
    return "text" if family in ("html", "jsonlines", "yaml") or family.startswith("text/") else "binary"
