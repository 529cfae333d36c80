"""A request on a blocking socket whose TLS has something to say in the middle of it."""

from __future__ import annotations

import socket

import pytest

from intertie.adapters.http1.blocking_connection import BlockingConnection
from intertie.adapters.http1.blocking_wire import BlockingWire
from intertie.adapters.http1.head import HeadEncoder
from intertie.adapters.http1.limits import TransportLimits
from intertie.adapters.http1.pool import Place, Pool
from intertie.adapters.http1.tls_channel import TlsChannel
from intertie.core.clock import BlockingClock
from intertie.core.errors import DeadlineExceeded
from intertie.runtime.http import Request
from intertie.runtime.stepping import run_blocking


class Renegotiating(TlsChannel):
    """A channel that writes nothing before it has read more."""

    def __init__(self) -> None:
        self.fault = None
        self.ended = False

    waiting_bytes = 1

    def write(self, data: bytes) -> bytes:
        return b""

    def output(self) -> bytes:
        return b""

    def feed(self, records: bytes) -> None:
        pass

    def read(self) -> bytes:
        return b""


@pytest.mark.parametrize(("write_s", "total_s", "phase"), [(0.05, 60.0, "write"), (60.0, 0.05, "total")])
def test_a_service_that_negotiates_anew_and_says_no_more_is_waited_for_in_time(
    write_s: float, total_s: float, phase: str
) -> None:
    """The wait for its part of it ends with the time for the request."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    clock, limits = BlockingClock(), TransportLimits()
    pool: Pool[BlockingWire] = Pool(limits)
    connection = BlockingConnection(
        pool, Place(pool), ours, clock=clock, limits=limits, encoder=HeadEncoder("a"), peer="a:1", tls=Renegotiating()
    )
    now_s = clock.monotonic_s()
    work = connection.exchange(
        Request("GET", "/"), write_deadline_s=now_s + write_s, read_timeout_s=60.0, deadline_s=now_s + total_s
    )
    with theirs, pytest.raises(DeadlineExceeded) as late:
        run_blocking(work)
    assert late.value.phase == phase
