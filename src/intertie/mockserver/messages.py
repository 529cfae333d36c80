"""What goes into a mock and what comes out: plain data, no sockets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec


class FaultKind(StrEnum):
    """What goes wrong on the wire, apart from the status."""

    DISCONNECT_BEFORE_HEADERS = "before_headers"
    """The request took effect; the connection is reset before a byte of the answer."""
    DISCONNECT_AFTER_HEADERS = "after_headers"
    DISCONNECT_MID_BODY = "mid_body"
    SLOW_BODY = "slow_body"
    """The body trickles."""
    HANG = "hang"
    """Nothing is ever answered; the connection stays open until the client leaves."""


class Fault(msgspec.Struct, frozen=True):
    """A fault of the wire; `bytes_per_second` belongs to `slow_body`."""

    kind: FaultKind
    bytes_per_second: float = 0.0


class MockRequest(msgspec.Struct, frozen=True):
    """One request as it arrived.

    Attributes:
        method: Upper case.
        target: Origin form: path and query, percent-encoded.
        headers: Lower-case name -> value; several fields of one name joined by `, `.
    """

    method: str
    target: str
    headers: Mapping[str, str] = {}
    body: bytes = b""

    @classmethod
    def of(cls, method: str, target: str, headers: Iterable[tuple[str, str]] = (), body: bytes = b"") -> MockRequest:
        """Make a request from header pairs of any case."""
        fields: dict[str, str] = {}
        for name, value in headers:
            key = name.lower()
            fields[key] = f"{fields[key]}, {value}" if key in fields else value
        return cls(method.upper(), target, fields, body)


class MockReply(msgspec.Struct, frozen=True):
    """One answer, and how it is to be given.

    Attributes:
        headers: In the order they are written; neither Content-Length nor Connection, which the server writes.
        delay_s: Seconds from the request's arrival to the answer.
        fault: What goes wrong on the way, None where nothing does.
        operation: Operation id, None where no route matched.
        flight: Its place in the count of concurrent requests, 0 where it holds none.
        reason: Why it is no plain answer, None where it is one; holds no value of the request's body, no credential.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    delay_s: float = 0.0
    fault: Fault | None = None
    operation: str | None = None
    flight: int = 0
    reason: str | None = None


class Answer(msgspec.Struct, frozen=True):
    """Status, headers and body before delays, limits and faults are added; `reason` as in a reply."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    reason: str | None = None
