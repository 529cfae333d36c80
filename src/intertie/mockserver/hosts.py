"""Which `Host` and `Origin` values a mock trusts with its control endpoint.

A page in a browser can send requests to any address, and can point a name of its own at this machine (DNS rebinding).
It can't hide its origin, and it can't make a browser write another name into `Host` than the one in its address.
"""

from __future__ import annotations

import re
from ipaddress import ip_address

_AUTHORITY_RE = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9_.-]+))(?::([0-9]{1,5}))?")


def host_name(authority: str) -> str | None:
    """Return the host of `host:port` in lower case, None where it is no such thing (RFC 9110 section 7.2).

    >>> [host_name(text) for text in ("LOCALHOST:80", "[::1]:80", "127.0.0.1:x@evil.example", "a, b", "")]
    ['localhost', '::1', None, None, None]
    """
    found = _AUTHORITY_RE.fullmatch(authority.strip())
    return (found[1] or found[2]).lower() if found else None


def is_loopback_host(authority: str) -> bool:
    """Return whether a `Host` value names this machine's loopback.

    >>> [is_loopback_host(host) for host in ("127.0.0.1:8420", "[::1]:80", "localhost", "evil.example")]
    [True, True, True, False]
    """
    name = host_name(authority)
    if name is None:
        return False
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def is_private_host(authority: str) -> bool:
    """Return whether a `Host` value is an address, a loopback name or a name without a dot.

    No page can own one of these: they are what people and containers write (`10.0.0.7:8420`, `mock:8420`).

    >>> [is_private_host(host) for host in ("10.0.0.7:8420", "mock:8420", "evil.example", "x@mock")]
    [True, True, False, False]
    """
    name = host_name(authority)
    if name is None:
        return False
    if "." not in name or is_loopback_host(authority):
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def is_loopback_origin(origin: str | None) -> bool:
    """Return whether a request comes from no page, or from one of this machine.

    >>> is_loopback_origin(None), is_loopback_origin("http://localhost:3000"), is_loopback_origin("https://evil.example")
    (True, True, False)
    """
    return origin is None or is_loopback_host(origin.partition("://")[2])
