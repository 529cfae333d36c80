"""What in a recording is data rather than a name: ids, addresses, tokens. None of it may stay in a spec."""

from __future__ import annotations

import re

from intertie.diagnostics.credentials import credential_shape

_SHAPES = (
    re.compile(r"\d+"),
    re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE),
    re.compile(r"(?=.*\d)[0-9a-f]{12,}", re.IGNORECASE),
    re.compile(r"(?=.*\d)[A-Za-z]{1,6}_[0-9A-Za-z]{6,}"),
    re.compile(r"(?=.*\d)(?=.*[A-Z])[0-9A-Za-z]{10,}"),
    re.compile(r"(?=.*\d)[0-9A-Za-z_-]{20,}"),
    re.compile(r".*(?:@|%40).*"),
    re.compile(r".*%(?!7[BbDd])[0-9A-Fa-f]{2}.*"),
    re.compile(r"eyJ[\w-]+\.[\w.-]*|[\w-]{16,}\.[\w-]{4,}\.[\w-]{4,}"),
    re.compile(r"\+\d{6,}"),
)
"""Numbers, UUIDs, hexadecimal, prefixed and long mixed ids, addresses, encoded text, tokens, telephone numbers."""
_VERSION_RE = re.compile(r"v\d+(?:\.\d+)*|\d{4}-\d\d(?:-\d\d)?")


def is_recorded(text: str) -> bool:
    """Return whether a part of a path, or a key, is somebody's value.

    >>> [is_recorded(part) for part in ("4711", "ann@x.example", "v2", "2024-01-01", "orders", "order-items")]
    [True, True, False, False, False, False]
    """
    if _VERSION_RE.fullmatch(text):
        return False
    return any(shape.fullmatch(text) for shape in _SHAPES) or bool(credential_shape(text))
