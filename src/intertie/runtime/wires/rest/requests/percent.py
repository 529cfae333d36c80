"""Percent-encoding (RFC 3986 section 2.1): everything but the unreserved characters, as UTF-8."""

from __future__ import annotations

import re
from urllib.parse import quote, quote_plus

_UNRESERVED_RE = re.compile(r"[A-Za-z0-9._~-]*\Z")
_FORM_SAFE_RE = re.compile(r"[A-Za-z0-9._*-]*\Z")


def component(text: str) -> str:
    """Return one component of a URL, in which no reserved character means anything.

    >>> component("a b/ö&é"), component("ch_3OqM2x")
    ('a%20b%2F%C3%B6%26%C3%A9', 'ch_3OqM2x')

    Raises:
        UnicodeEncodeError: It holds half of a surrogate pair.
    """
    return text if _UNRESERVED_RE.match(text) else quote(text, safe="~")


def form_component(text: str) -> str:
    """Return a name or value as `application/x-www-form-urlencoded` has it: a space is `+`.

    >>> form_component("a b&c~")
    'a+b%26c%7E'

    Source: WHATWG URL Standard, application/x-www-form-urlencoded percent-encode set.
    """
    return text if _FORM_SAFE_RE.match(text) else quote_plus(text, safe="*").replace("~", "%7E")
