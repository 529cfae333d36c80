"""Names, addresses and the order in which they are tried."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import NamedTuple, TypeAlias

SocketAddress: TypeAlias = tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]


class Address(NamedTuple):
    """One place to connect to."""

    family: int
    sockaddr: SocketAddress

    @property
    def text(self) -> str:
        """`host:port`, for messages."""
        host, port = self.sockaddr[0], self.sockaddr[1]
        return f"[{host}]:{port}" if self.family == socket.AF_INET6 else f"{host}:{port}"  # type: ignore[str-bytes-safe]


class Dialled(NamedTuple):
    """What connections are opened to: the service, or the proxy before it.

    Attributes:
        text: As messages call it.
        who: What should be running there.
        named_in: Where its name stands.
    """

    host: str
    port: int
    text: str
    who: str = "the service"
    named_in: str = "the base URL"


def literal(host: str, port: int) -> list[Address] | None:
    """Return the address a host spells out, None where it is a name.

    >>> literal("127.0.0.1", 80)[0].text, literal("::1", 80)[0].text, literal("example.com", 80)
    ('127.0.0.1:80', '[::1]:80', None)
    """
    try:
        version = ipaddress.ip_address(host).version
    except ValueError:
        return None
    if version == 4:
        return [Address(socket.AF_INET, (host, port))]
    return [Address(socket.AF_INET6, (host, port, 0, 0))]


def is_local_name(host: str) -> bool:
    """Return whether a name is answered by this machine alone, without asking a server (RFC 6761 section 6.3)."""
    lower = host.rstrip(".").lower()
    return lower == "localhost" or lower.endswith(".localhost")


Resolved: TypeAlias = Iterable[tuple[int, int, int, str, SocketAddress]]


def in_turn(resolved: Resolved) -> list[Address]:
    """Order what the resolver returned: families alternate, the resolver's favourite first; no address twice.

    Source: RFC 8305 section 4 (Happy Eyeballs), without its racing.
    """
    by_family: dict[int, list[Address]] = {}
    for family, _kind, _protocol, _name, sockaddr in resolved:
        found = by_family.setdefault(family, [])
        address = Address(family, sockaddr)
        if address not in found:
            found.append(address)
    rounds = zip_longest(*by_family.values())
    return [address for candidates in rounds for address in candidates if address is not None]


def share_s(left_s: float, addresses_left: int) -> float:
    """Return how long one address may take, so that the ones behind it get their turn.

    >>> share_s(3.0, 3), share_s(2.0, 1)
    (1.0, 2.0)
    """
    return left_s / max(addresses_left, 1)


def open_socket(address: Address) -> socket.socket:
    """Return an unconnected, non-blocking TCP socket for `address`, without Nagle's delay."""
    sock = socket.socket(address.family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setblocking(False)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def spoken(addresses: Sequence[Address]) -> str:
    """Return addresses as a list for a message."""
    return ", ".join(address.text for address in addresses)
