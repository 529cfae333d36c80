"""The fixtures of the pytest plugin, used as an application's tests use them."""

from __future__ import annotations

import asyncio
import http.client
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from msgspec.structs import replace

import intertie
from intertie.core.errors import UsageError
from intertie.pytest_plugin import ClientFactory, MockFactory
from intertie.pytest_plugin.clients import asynchronous_client, blocking_client
from intertie.pytest_plugin.received import holds
from intertie.runtime.http import Request
from intertie.runtime.plan import Origin
from intertie.runtime.stepping import run_blocking
from support.pace import PATIENCE_S
from support.real_servers import ROOT

PAYMENTS = ROOT / "examples" / "specs" / "payments.md"
CHARGE = {"amount": "12.50", "currency": "EUR", "card_token": "tok_visa"}


@pytest.mark.parametrize("live", [False, True], ids=["in-process", "live"])
def test_a_retried_charge_is_received_under_one_key(
    intertie_mock: MockFactory, intertie_client: ClientFactory, live: bool
) -> None:
    """Two failures forced, three requests received, all with the same idempotency key and the mapped body."""
    mock = intertie_mock(PAYMENTS, live=live)
    mock.use_profile({"responses": [503, 503]})
    charge = intertie_client(mock).create_charge(**CHARGE)
    assert charge.attempts == 3
    received = mock.assert_received("create_charge", times=3, form={"amount": 1250})
    assert len({each.headers["idempotency-key"] for each in received}) == 1
    assert [each.status for each in received] == [503, 503, received[-1].status]


@pytest.mark.parametrize("asynchronous", [False, True], ids=["blocking", "asyncio"])
@pytest.mark.parametrize("live", [False, True], ids=["in-process", "live"])
def test_the_mock_stands_for_every_origin_of_its_plan(
    intertie_mock: MockFactory, live: bool, asynchronous: bool
) -> None:
    """A token endpoint or a page host that the plan allows is the mock too: no test reaches the real one."""
    mock = intertie_mock(PAYMENTS, live=live)
    elsewhere = Origin("https", "login.example.com", 443, "")
    mock.plan = replace(mock.plan, origins=(elsewhere,))
    made = asynchronous_client(mock) if asynchronous else blocking_client(mock)
    request = Request("GET", "/v1/charges/ch_1")

    async def ask() -> list[int]:
        around = made._linked.surroundings
        statuses = []
        for transport in (around.transports.to(elsewhere), around.transport):
            departure = Departures()
            deadline_s = around.clock.monotonic_s() + PATIENCE_S
            connection = await transport.connect(deadline_s=deadline_s, connect_timeout_s=PATIENCE_S)
            times = {"write_deadline_s": deadline_s, "read_timeout_s": PATIENCE_S, "deadline_s": deadline_s}
            answer = await connection.exchange(request, **times, departure=departure)
            assert departure.seen == ["departing", "departed"]
            statuses.append(answer.status)
            connection = transport.connect_nowait()
            declined = await connection.open_stream(replace(request, upgrade="echo"), **times)
            assert declined.status == answer.status
        assert around.transports.to(around_plan.origin) is around.transport
        await made._linked.aclose()
        return statuses

    around_plan = made._linked.plan
    statuses = asyncio.run(ask()) if asynchronous else run_blocking(ask())
    assert len(set(statuses)) == 1
    assert len(mock.received) == 4


class Departures:
    def __init__(self) -> None:
        self.seen: list[str] = []

    def departing(self) -> None:
        self.seen.append("departing")

    def departed(self) -> None:
        self.seen.append("departed")


def test_an_hour_passes_at_once(intertie_mock: MockFactory, intertie_client: ClientFactory) -> None:
    """On virtual time a thousand calls at 25 a second wait forty seconds that nobody sees."""
    mock = intertie_mock(PAYMENTS, virtual=True)
    payments = intertie_client(mock)
    began_s = mock.clock.monotonic_s()
    for _ in range(1000):
        payments.create_charge(**CHARGE)
    assert 35 < mock.clock.monotonic_s() - began_s < 70
    assert {each.status for each in mock.received} & {429} == set()
    mock.advance(3600)
    payments.create_charge(**CHARGE)
    assert mock.clock.monotonic_s() - began_s > 3600


def test_asynchronous_callers_on_virtual_time(intertie_mock: MockFactory, intertie_client: ClientFactory) -> None:
    """A hundred tasks at once wait for their turns in virtual time."""
    mock = intertie_mock(PAYMENTS, virtual=True)

    async def work() -> int:
        async with intertie_client(mock, asynchronous=True) as payments:
            charges = await asyncio.gather(*(payments.create_charge(**CHARGE) for _ in range(100)))
        return sum(charge.elapsed_s > 1 for charge in charges)

    assert mock.run(work()) > 50
    mock.assert_received("create_charge", times=100)


def test_asynchronous_callers_on_real_time(intertie_mock: MockFactory, intertie_client: ClientFactory) -> None:
    """A live mock serves an asyncio client, too."""
    mock = intertie_mock(PAYMENTS, live=True)

    async def work() -> object:
        async with intertie_client(mock, asynchronous=True) as payments:
            return await payments.create_charge(**CHARGE)

    assert asyncio.run(work()) is not None
    mock.assert_received("create_charge", times=1)


FAULTS = [
    {"disconnect": "before_headers"},
    {"disconnect": "after_headers"},
    {"disconnect": "mid_body"},
    {"malformed_body": True},
    {"throttle": True},
    {"throttle": "disguised"},
    {"responses": [402, {"status": 500, "body": {"error": {"code": "x", "message": "y"}}}]},
]


@pytest.mark.parametrize(
    "profile", FAULTS, ids=[next(iter(fault)) + str(number) for number, fault in enumerate(FAULTS)]
)
def test_a_mock_without_sockets_does_what_one_with_them_does(
    tmp_path: Path, intertie_mock: MockFactory, intertie_client: ClientFactory, profile: dict[str, object]
) -> None:
    """The same calls against both end the same way and are received the same number of times."""
    # The number of attempts ends a call, never its deadline, so that a busy machine changes nothing.
    spec = tmp_path / "payments.md"
    spec.write_text(
        PAYMENTS.read_text()
        .replace("initial_delay: 200", "initial_delay: 1")
        .replace("max_attempts: 4", "max_attempts: 2")
    )
    ends: list[object] = []
    for live in (False, True):
        mock = intertie_mock(spec, live=live, virtual=not live)
        mock.use_profile(profile)
        payments = intertie_client(mock).with_options(timeout_s=PATIENCE_S)
        seen: list[object] = []
        for name, given in (("get_charge", {"charge_id": "ch_1"}), ("create_charge", CHARGE)):
            try:
                result = payments.operation(name).call(given)
            except intertie.CallError as error:
                seen.append((type(error).__name__, error.code, error.attempts, error.reached))
            else:
                seen.append((result.status, result.fallback, result.attempts))
        ends.append((seen, [(each.operation, each.status) for each in mock.received]))
    assert ends[0] == ends[1]


def test_a_hang_ends_at_the_deadline(intertie_mock: MockFactory, intertie_client: ClientFactory) -> None:
    """A mock that never answers costs virtual time alone, and the call may have been received."""
    mock = intertie_mock(PAYMENTS, virtual=True, profile="healthy")
    mock.use_profile({"hang": True})
    with pytest.raises(intertie.CallError) as failed:
        intertie_client(mock).with_options(timeout_s=2.0).get_charge(charge_id="ch_1")
    assert failed.value.reached is intertie.Reach.MAYBE
    mock.assert_received("get_charge")


def test_a_live_mock_serves_any_client(intertie_mock: MockFactory) -> None:
    """Code that opens its own connections is given the URL; what it asked can be asserted on."""
    mock = intertie_mock(PAYMENTS, live=True)
    connection = http.client.HTTPConnection(urlsplit(mock.url).netloc)
    connection.request("GET", urlsplit(mock.url).path + "/nothing/here?a=1&a=2")
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert answer.status == 404
    assert [(each.operation, each.query) for each in mock.received] == [(None, {"a": ["1", "2"]})]


def test_what_was_expected_and_did_not_come_is_said(intertie_mock: MockFactory, intertie_client: ClientFactory) -> None:
    """An assertion that fails lists what was received."""
    mock = intertie_mock(PAYMENTS)
    mock.assert_not_received()
    with pytest.raises(
        AssertionError, match=r"at least 1 request for create_charge, and 0 came\.\nThe mock received nothing"
    ):
        mock.assert_received("create_charge")
    intertie_client(mock).create_charge(**CHARGE)
    with pytest.raises(AssertionError, match=r"1\. POST /v1/charges \(create_charge\) -> 20"):
        mock.assert_received("create_charge", times=2)
    with pytest.raises(AssertionError, match="1 request for create_charge with form="):
        mock.assert_received("create_charge", times=1, form={"amount": 1})
    with pytest.raises(AssertionError, match="expected no request for create_charge"):
        mock.assert_not_received("create_charge")
    with pytest.raises(UsageError, match="no operation `charge`"):
        mock.assert_received("charge")
    with pytest.raises(UsageError, match="no operation `nobody`"):
        mock.use_profile({"operations": {"nobody": {"error_share": 1}}})
    mock.reset()
    mock.assert_not_received()


def test_credentials_are_made_up_and_masked(
    intertie_mock: MockFactory, intertie_client: ClientFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands in the environment is not sent to a mock, and no record holds what is."""
    for name in ("PAYMENTS_API_KEY", "STRIPE_API_KEY", "PAYMENTS_KEY"):
        monkeypatch.setenv(name, "sk_live_never")
    mock = intertie_mock(PAYMENTS)
    intertie_client(mock).create_charge(**CHARGE)
    shown = repr(mock.received)
    assert "sk_live_never" not in shown
    assert "made-up" not in shown


def test_time_is_virtual_or_real(intertie_mock: MockFactory) -> None:
    """What makes no sense together is refused with what to do."""
    with pytest.raises(UsageError, match="choose live=True or virtual=True"):
        intertie_mock(PAYMENTS, live=True, virtual=True)
    mock = intertie_mock(PAYMENTS)
    with pytest.raises(UsageError, match="virtual=True"):
        mock.advance(1)
    with pytest.raises(UsageError, match="virtual=True"):
        mock.run(asyncio.sleep(0))


def test_a_spec_is_found_by_path_and_by_id(
    intertie_mock: MockFactory, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """Paths are looked for beside the test, in pytest's root folder and in the current one; ids in their workspaces."""
    relative = Path("examples/specs/payments.md")
    assert (request.config.rootpath / relative).is_file()
    assert intertie_mock(relative).plan.id == intertie_mock(PAYMENTS).plan.id
    monkeypatch.chdir(PAYMENTS.parent)
    assert intertie_mock("payments.md").plan.id == "INT-001"
    assert intertie_mock("INT-001").plan.service == intertie_mock("stripe").plan.service
    with pytest.raises(UsageError, match="nowhere"):
        intertie_mock("nowhere")


def test_the_plugin_costs_nothing_where_no_test_asks_for_it() -> None:
    """Loading it imports neither mock nor client nor compiler."""
    code = (
        "import sys, intertie.pytest_plugin\n"
        "print([name for name in sys.modules if name.startswith(('intertie.mockserver', 'intertie.compiler', "
        "'intertie.client', 'intertie.runtime', 'intertie.spec'))])"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "[]"


def test_holding_is_for_members_not_for_items() -> None:
    """An object may have more than was asked for, a list may not, and true is not one."""
    assert holds({"a": [{"b": 1, "c": 2}]}, {"a": [{"b": 1}]})
    assert not holds([1, 2], [1])
    assert not holds({"a": True}, {"a": 1})
