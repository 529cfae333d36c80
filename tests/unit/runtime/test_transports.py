"""One integration, several origins: a transport for each that the plan allows."""

from __future__ import annotations

import threading

import pytest

from intertie.core.errors import ConnectError, OriginRefused, Reach
from intertie.runtime.http import Request, Transport
from intertie.runtime.plan import Origin
from intertie.runtime.stepping import run_blocking
from intertie.runtime.transports import Transports
from intertie.testing import Answer, ScriptedTransport, VirtualClock, make_bench, make_plan, run_virtual

SERVICE = Origin("https", "api.example.com", 443, "/v1")
TOKENS = Origin("https", "login.example.com", 443, "/oauth")
PAGES = Origin("https", "pages.example.com", 8443, "")


class Opened:
    """Makes scripted transports, and remembers which."""

    def __init__(self) -> None:
        self.made: list[tuple[str, ScriptedTransport]] = []

    def __call__(self, origin: Origin) -> Transport:
        transport = ScriptedTransport(VirtualClock())
        self.made.append((origin.name, transport))
        return transport


def several() -> tuple[Transports, ScriptedTransport, Opened]:
    service, opened = ScriptedTransport(VirtualClock()), Opened()
    return Transports((SERVICE, service), allowed=(TOKENS, PAGES), open=opened), service, opened


def test_each_allowed_origin_has_one_transport_opened_when_it_is_needed() -> None:
    """Nothing is opened before it is asked for; scheme, host and port make an origin, its path does not."""
    transports, service, opened = several()
    assert opened.made == []
    assert transports.statistics() == {}
    first = transports.to(TOKENS)
    assert transports.to(Origin("https", "login.example.com", 443, "/elsewhere")) is first
    assert transports.to(PAGES) is not first
    assert [name for name, _ in opened.made] == ["https://login.example.com:443", "https://pages.example.com:8443"]
    assert transports.to(Origin("https", "api.example.com", 443, "")) is service
    assert list(transports.statistics()) == ["https://login.example.com:443", "https://pages.example.com:8443"]


@pytest.mark.parametrize(
    "origin",
    [
        Origin("http", "login.example.com", 443, ""),
        Origin("https", "login.example.com", 8443, ""),
        Origin("https", "login.example.com.evil.example", 443, ""),
        Origin("https", "evil\x1b[2J.example", 443, ""),
    ],
)
def test_another_origin_is_refused(origin: Origin) -> None:
    """What the plan does not allow is never connected to: the refusal is ours, and safe to print."""
    transports, _, opened = several()
    with pytest.raises(OriginRefused) as caught:
        transports.to(origin)
    assert (caught.value.reached, caught.value.policy) == (Reach.NO, "origin")
    assert "\x1b" not in str(caught.value)
    assert opened.made == []


def test_an_integration_without_other_origins_refuses_all_of_them() -> None:
    """By default a plan allows none, and surroundings that nobody gave any have none."""
    bench = make_bench(make_plan())
    with pytest.raises(OriginRefused):
        bench.surroundings.transports.to(TOKENS)
    with pytest.raises(OriginRefused):
        Transports().to(SERVICE)


def test_closing_closes_what_was_opened_and_opens_nothing_more() -> None:
    """Who closes an integration closes every transport it opened; the service's own belongs to its maker."""
    transports, service, opened = several()
    kept = transports.to(TOKENS)
    run_blocking(transports.aclose())
    assert [transport.closed for _, transport in opened.made] == [True]
    assert service.closed is False
    assert transports.to(TOKENS) is kept
    with pytest.raises(ConnectError) as caught:
        transports.to(PAGES)
    assert caught.value.reached is Reach.NO
    assert list(transports.statistics()) == [TOKENS.name]


def test_one_that_fails_to_close_keeps_no_other_open() -> None:
    """All are closed, then the first failure is raised."""

    class Stubborn(ScriptedTransport):
        async def aclose(self) -> None:
            await super().aclose()
            raise OSError("it does not close")

    made: list[ScriptedTransport] = []

    def open_stubborn(_: Origin) -> Transport:
        made.append(Stubborn(VirtualClock()))
        return made[-1]

    transports = Transports(allowed=(TOKENS, PAGES), open=open_stubborn)
    transports.to(TOKENS)
    transports.to(PAGES)
    with pytest.raises(OSError, match="does not close"):
        run_blocking(transports.aclose())
    assert [transport.closed for transport in made] == [True, True]


def test_threads_that_ask_at_once_get_the_same_one() -> None:
    """However many threads need an origin first, they share one transport."""
    transports, _, _ = several()
    together = threading.Barrier(8)
    found: list[Transport] = []

    def ask() -> None:
        together.wait()
        found.append(transports.to(TOKENS))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(transport) for transport in found}) == 1


def test_an_integration_counts_and_closes_all_its_transports() -> None:
    """Statistics show the other origins beside the service, and closing the integration closes them."""
    plan = make_plan(origins=(TOKENS,))
    bench = make_bench(plan, elsewhere={TOKENS.name: [Answer(json={"access_token": "t"})]})
    assert bench.linked.statistics().other_transports == {}

    async def work() -> object:
        transport = bench.surroundings.transports.to(TOKENS)
        connection = transport.connect_nowait()
        assert connection is not None
        now_s = bench.clock.monotonic_s()
        answer = await connection.exchange(
            Request("POST", "/oauth/token"), write_deadline_s=now_s + 1, read_timeout_s=1, deadline_s=now_s + 1
        )
        return answer.json()

    assert run_virtual(work(), bench.clock) == {"access_token": "t"}
    assert bench.surroundings.transports.to(plan.origin) is bench.transport
    statistics = bench.linked.statistics()
    assert statistics.other_transports[TOKENS.name]["reused_total"] == 1
    assert statistics.transport["reused_total"] == 0
    run_virtual(bench.linked.aclose(), bench.clock)
    assert bench.elsewhere[TOKENS.name].closed
    assert bench.transport.closed
