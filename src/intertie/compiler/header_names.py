"""Which names a header of ours may have."""

from __future__ import annotations

import re

_TOKEN_RE = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
WRITTEN_BY_TRANSPORT = frozenset({"host", "content-length", "transfer-encoding", "connection", "proxy-authorization"})
"""Headers that the transport writes and nobody else may, in lower case."""


def is_header_name(name: str) -> bool:
    """Return whether a header of this name can be sent: a token of HTTP, and none that the transport writes.

    Source: RFC 9110, section 5.6.2.

    >>> [is_header_name(name) for name in ("X-Key", "X Key", "Host", "")]
    [True, False, False, False]
    """
    return _TOKEN_RE.fullmatch(name) is not None and name.lower() not in WRITTEN_BY_TRANSPORT
