"""The parts of a multipart body, split in C: a parser of mail reads line by line, and a body of line breaks holds it.

Source: RFC 7578 (multipart/form-data), RFC 2046 section 5.1.1 (delimiters).
"""

from __future__ import annotations

import re

from intertie.runtime.bounds import check_parts

_BOUNDARY_RE = re.compile(r""";\s*boundary\s*=\s*(?:"([^"\r\n]{1,200})"|([^\s;,"]{1,200}))""", re.IGNORECASE)
_DISPOSITION_RE = re.compile(rb"^content-disposition[ \t]*:([^\r\n]*)", re.IGNORECASE | re.MULTILINE)
_NAME_RE = re.compile(r""";\s*name\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]+))""", re.IGNORECASE)
_LONGEST_HEAD = 16_384


class UnreadableBody(ValueError):  # noqa: N818  # says what the body is
    """The body is not what its media type says; the message says why, and quotes nothing of it."""


def read_parts(content_type: str, body: bytes) -> list[tuple[str, bytes]]:
    """Return (name, content) of each part that has a name, in order.

    Raises:
        UnreadableBody: The Content-Type names no boundary, or it does not occur.
        BoundsError: There are too many parts.
    """
    found = _BOUNDARY_RE.search(content_type)
    boundary = (found[1] or found[2]).encode("latin-1", "replace") if found else b""
    if not boundary:
        raise UnreadableBody("its Content-Type names no boundary")
    line_end = b"\r\n" if b"\r\n--" + boundary in body or body.startswith(b"--" + boundary + b"\r\n") else b"\n"
    delimiter = line_end + b"--" + boundary
    whole = line_end + body
    check_parts(whole.count(delimiter))
    pieces = whole.split(delimiter)
    if len(pieces) == 1:
        raise UnreadableBody("it has no parts: the boundary of its Content-Type does not occur")
    parts: list[tuple[str, bytes]] = []
    for piece in pieces[1:]:
        if piece.startswith(b"--"):
            break  # the closing delimiter; what follows is no part
        head, _, content = piece.partition(line_end * 2)
        name = _name(head[:_LONGEST_HEAD])
        if name is not None:
            parts.append((name, content))
    return parts


def _name(head: bytes) -> str | None:
    r"""Return the name that a part's head gives; browsers and curl write quotes as `%22`, older clients as `\"`."""
    disposition = _DISPOSITION_RE.search(head)
    found = _NAME_RE.search(disposition[1].decode("utf-8", "replace")) if disposition else None
    if found is None:
        return None
    quoted = found[1]
    return found[2] if quoted is None else re.sub(r"\\(.)", r"\1", quoted).replace("%22", '"')
