"""How deep and how many: bounds on bodies, looked at before they become data.

A body within the limit of bytes (16 MiB) can still hold five million lists, or one list in another a million times.
Counting brackets and commas takes milliseconds; making them into objects takes seconds and half a gigabyte, on the
event loop. Measured on a slow core, the most that passes takes about 0.3 s and 150 MB to decode.

| bound | what exceeds it | why this number |
|---|---|---|
| `DEEPEST` = 200 | JSON, XML and input nested deeper | validators stop at 255, Python's stack at some 400 of ours |
| `MOST_VALUES` = 1,000,000 | values of JSON | 0.3 s, 150 MB |
| `MOST_ELEMENTS` = 200,000 | elements and attributes of XML that the mock receives | read in Python: 0.3 s |
| `MOST_FIELDS` = 10,000 | fields of a form, parts of a multipart body | ten times what web frameworks take; 0.1 s |
| `MOST_ESCAPES` = 500,000 | percent escapes of a form | each is a step in Python: 0.3 s |

A document of 400 bytes can't exceed any of them and is not looked at.
"""

from __future__ import annotations

from itertools import accumulate
from typing import Final

import msgspec

from intertie.core.charsets import decode_text, is_utf8

DEEPEST: Final = 200
"""Containers within each other, the outermost included."""
MOST_VALUES: Final = 1_000_000
"""Elements and members of one document; an empty container counts twice."""
MOST_ELEMENTS: Final = 200_000
"""Elements and attributes of one XML document."""
MOST_FIELDS: Final = 10_000
"""Fields of one form."""
MOST_ESCAPES: Final = 500_000
"""Percent escapes of one form."""

_HARMLESS_BYTES: Final = 2 * DEEPEST
_FEW_BYTES: Final = 2 * MOST_VALUES
"""A value takes two bytes at least, with its comma."""
_STRUCTURE: Final = b'[]{}",'
_REST: Final = bytes(byte for byte in range(256) if byte not in _STRUCTURE)
_STEPS: Final = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")
_FLAT_ROUNDS: Final = 4

FIRST_OF_MARKS: Final = 0xEF
"""Byte order marks begin with this byte or a higher one, JSON never does."""

_decode = msgspec.json.Decoder().decode


class BoundsError(ValueError):
    """A body or an input is too deep or has too many parts; the message says which bound, and quotes nothing."""


def decode_json(text: bytes) -> object:
    """Return UTF-8 JSON as data.

    Raises:
        BoundsError: It is nested too deeply, or has too many values.
        msgspec.DecodeError: It is no JSON.
        UnicodeDecodeError: It is not UTF-8.
    """
    size = len(text)
    # Taking brackets out jumps from one to the next; `count` looks at every byte.
    if size > _HARMLESS_BYTES and (
        size > _FEW_BYTES or 2 * size - len(text.replace(b"[", b"")) - len(text.replace(b"{", b"")) > DEEPEST
    ):
        check_json(text)
    try:
        return _decode(text)
    except RecursionError:
        raise _too_deep() from None  # whoever calls is deep in the stack already


def decode_json_body(body: bytes, charset: str) -> object:
    """Return a JSON body, not empty, in the charset that its media type names.

    RFC 8259 section 8.1 has UTF-8 alone and no byte order mark; some peers send others.

    Raises:
        CharsetError: The charset is none of the web's, or the bytes are not of it.
        BoundsError, msgspec.DecodeError, UnicodeDecodeError: As `decode_json`.
    """
    if (charset == "utf-8" or is_utf8(charset)) and body[0] < FIRST_OF_MARKS:
        return decode_json(body)
    return decode_json(decode_text(body, charset).encode())


def check_json(text: bytes) -> None:
    """Return where JSON keeps its bounds; what is no JSON may pass, since decoding refuses it where it breaks.

    Depth and values are exact for JSON: escapes and the insides of strings are taken out first, each step in C.

    Raises:
        BoundsError: It is nested too deeply, or has too many values.
    """
    long = len(text) > _FEW_BYTES
    if b"\\" in text:
        text = text.replace(b"\\\\", b"").replace(b'\\"', b"")
    outline = text.translate(None, _REST)
    if long and outline.count(b'"') > 4 * MOST_VALUES:  # a member has two strings, a string two quotes
        raise _too_many("values", MOST_VALUES)
    # Two quotes with nothing between them are an empty string, or join two strings: neither changes the outline.
    outline = outline.replace(b'""', b"")
    if b'"' in outline:
        outline = b"".join(outline.split(b'"')[::2])
    if long and outline.count(b",") + outline.count(b"[") + outline.count(b"{") >= MOST_VALUES:
        raise _too_many("values", MOST_VALUES)
    brackets = outline.translate(None, b",")
    flat = brackets
    for _ in range(_FLAT_ROUNDS):
        flat = flat.replace(b"[]", b"").replace(b"{}", b"")
        if len(flat) <= DEEPEST:
            return
    if max(accumulate(memoryview(brackets.translate(_STEPS)).cast("b")), default=0) > DEEPEST:
        raise _too_deep()


def check_form(text: bytes) -> None:
    """Return where form fields keep their bounds.

    Raises:
        BoundsError: There are too many fields or escapes.
    """
    if text.count(b"&") >= MOST_FIELDS:
        raise _too_many("fields", MOST_FIELDS)
    if len(text) > MOST_ESCAPES and text.count(b"%") > MOST_ESCAPES:
        raise _too_many("escapes", MOST_ESCAPES)


def check_names(count: int) -> None:
    """Return where the names of a form nest no more objects than it may have fields, three deep each.

    Raises:
        BoundsError: They do.
    """
    if count > 3 * MOST_FIELDS:
        raise _too_many("nested names", 3 * MOST_FIELDS)


def check_xml(text: bytes) -> None:
    """Return where XML keeps its bound of elements and attributes; its depth shows when it is read.

    Raises:
        BoundsError: There are too many.
    """
    # An element has two brackets where it holds anything; an equals sign in a text counts too.
    if len(text) > MOST_ELEMENTS and text.count(b"<") + text.count(b"=") > 2 * MOST_ELEMENTS:
        raise _too_many("elements and attributes", MOST_ELEMENTS)


def check_parts(count: int) -> None:
    """Return where a body has no more parts than a form has fields.

    Raises:
        BoundsError: It has.
    """
    if count > MOST_FIELDS:
        raise _too_many("parts", MOST_FIELDS)


def check_depth(depth: int) -> None:
    """Return where a container at this depth (the outermost is 1) may be.

    Raises:
        BoundsError: It is too deep.
    """
    if depth > DEEPEST:
        raise _too_deep()


def _too_deep() -> BoundsError:
    return BoundsError(f"it is nested more than {DEEPEST} deep")


def _too_many(what: str, most: int) -> BoundsError:
    return BoundsError(f"it has more than {most:,} {what}")
