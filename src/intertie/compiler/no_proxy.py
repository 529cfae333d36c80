"""Which hosts are called past the proxy: the entries of `NO_PROXY`, as curl, Go and requests read them together."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

_SEPARATORS_RE = re.compile(r"[\s,]+")


def entries_of(text: str) -> tuple[str, ...]:
    """Return the entries of a variable, which commas or spaces separate.

    >>> entries_of("localhost, .internal 10.0.0.0/8,,")
    ('localhost', '.internal', '10.0.0.0/8')
    """
    return tuple(entry for entry in _SEPARATORS_RE.split(text) if entry)


def covering(host: str, port: int, entries: Iterable[str]) -> str | None:
    """Return the first entry that a target falls under, None where the proxy is used. Names are never looked up.

    | entry | covers |
    |---|---|
    | `*` | everything |
    | `example.com`, `.example.com`, `*.example.com` | the name and every name under it |
    | `10.1.2.3`, `fd00::1`, `[fd00::1]` | that address |
    | `10.0.0.0/8`, `fd00::/8` | every address of that network |
    | any of these but networks, with `:8443` behind | the same, on that port alone |

    >>> covering("api.internal", 443, [".internal"]), covering("10.9.9.9", 80, ["10.0.0.0/8"])
    ('.internal', '10.0.0.0/8')
    >>> covering("a.b", 80, ["b:81"]) is None
    True
    """
    host = host.lower().rstrip(".")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        address = None
    return next((entry for entry in entries if _covers(entry.strip().lower(), host, address, port)), None)


def _covers(entry: str, host: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address | None, port: int) -> bool:
    if entry == "*":
        return True
    name, wanted = _split(entry)
    if wanted is not None and wanted != port:
        return False
    try:
        network = ipaddress.ip_network(name, strict=False)
    except ValueError:
        pass
    else:
        return address is not None and address in network
    name = name.removeprefix("*").strip(".")
    return address is None and bool(name) and (host == name or host.endswith(f".{name}"))


def _split(entry: str) -> tuple[str, int | None]:
    """Return an entry's host and its port, None where it names none; a bare IPv6 address has colons of its own."""
    if entry.startswith("["):
        host, _, rest = entry[1:].partition("]")
        port = rest.removeprefix(":")
    elif entry.count(":") == 1:
        host, _, port = entry.partition(":")
    else:
        return entry, None
    return host, int(port) if port.isascii() and port.isdigit() and len(port) < 6 else None
