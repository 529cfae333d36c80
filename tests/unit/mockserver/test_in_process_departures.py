"""The mock without sockets tells departures as a real transport does."""

import pytest

from intertie.mockserver.in_process import MockTransport
from intertie.runtime.http import Request
from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.runtime.state import Permit, PermitLapsed
from intertie.runtime.stepping import run_blocking
from support.mock_plans import Bench, plan


class Watch:
    """Who gave a permit: a clock that a test moves, and a note of what departed."""

    def __init__(self, now_s: float) -> None:
        self.at_s = now_s
        self.left: list[Permit] = []

    def now_s(self) -> float:
        return self.at_s

    def departed(self, permit: Permit) -> None:
        self.left.append(permit)


async def body():
    yield b"{}"


def exchange(transport, clock, permit, request):
    connection = transport.connect_nowait()
    times = {
        "write_deadline_s": clock.monotonic_s() + 1,
        "read_timeout_s": 1.0,
        "deadline_s": clock.monotonic_s() + 1,
    }
    return run_blocking(connection.exchange(request, **times, departure=permit))


def test_a_request_whose_permit_has_lapsed_never_arrives():
    """Nothing is received or counted, no body is begun, and the next request with a good permit is answered."""
    bench = Bench(plan(limits=LimiterOptions((Window(60.0, 1),))))
    transport = MockTransport(bench.engine, bench.clock)
    watch, pieces = Watch(10.5), body()
    with pytest.raises(PermitLapsed) as lapsed:
        exchange(transport, bench.clock, Permit(watch, 9.0, 10.0), Request("POST", "/v1/charges", body=pieces))
    assert lapsed.value.late_s == 0.5
    assert (bench.engine.requests(), watch.left) == ([], [])
    permit = Permit(watch, 10.4, 10.5)
    assert exchange(transport, bench.clock, permit, Request("POST", "/v1/charges", body=pieces)).status != 429
    assert watch.left == [permit]
