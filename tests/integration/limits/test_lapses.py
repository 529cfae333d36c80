"""Calls whose permits lapse, or that break off in the middle, over each transport and its real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import pytest

from intertie.adapters.stores import InlineOffload, open_coordination, open_journal
from intertie.core.errors import DeadlineExceeded, Reach
from intertie.core.rng import SystemRng
from intertie.runtime.call import Answered, Failed
from intertie.runtime.linked import LinkedPlan
from intertie.runtime.plan import Plan
from intertie.runtime.surroundings import Surroundings
from intertie.runtime.wires.rest.plan import BodyPlan
from intertie.testing import StaticSecrets, make_operation, make_plan
from support.bad_servers import OK, Behaviour, Peer, always, serving
from support.lapsing import LapsingCoordination, LapsingLimiter
from support.pace import PATIENCE_S
from support.plans import per_second, retries, timeouts
from support.ways import WAYS, Caller, Way

JSON = OK + b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
LARGE = b"x" * (12 * 1024 * 1024)
"""More than any socket buffers: a part of it always waits."""


def a_plan(**options: Any) -> Plan:
    upload = BodyPlan("application/octet-stream", "binary", None, required=True)
    return make_plan(
        make_operation("get_thing"),
        make_operation("create_thing", method="POST"),
        make_operation("upload", method="PUT", body=upload),
        limits=per_second(20),
        retry=retries(1),
        **options,
    )


def linked(http: Caller, plan: Plan, lapses: Iterable[bool], *, fused: bool) -> tuple[LinkedPlan, LapsingLimiter]:
    """Return a plan linked with the caller's transport and a limit whose permits lapse as `lapses` says."""
    shared = {"clock": http.clock, "rng": SystemRng(), "offload": InlineOffload(), "root": Path()}
    coordination = LapsingCoordination(open_coordination("memory://", **shared), lapses)
    journal = open_journal("memory://", **shared)
    around = Surroundings(http.clock, SystemRng(), http.transport, coordination, journal, StaticSecrets())
    made = LinkedPlan(plan, around, fused=fused)
    assert coordination.limits is not None
    return made, coordination.limits


async def pieces() -> AsyncIterator[bytes]:
    for piece in (b"ab", b"cd", b"ef"):
        yield piece


@pytest.mark.parametrize("fused", [True, False], ids=["fused", "general"])
def test_a_call_whose_permit_lapses_sends_one_request(way: Way, fused: bool) -> None:
    """Each kind of body is read and sent once, on the connection that the lapse spared."""
    inputs: list[tuple[str, dict[str, object], bytes]] = [
        ("get_thing", {"id": "1"}, b""),
        ("create_thing", {"a": 1}, b'{"a":1}'),
        ("upload", {"body": b"whole"}, b"whole"),
        ("upload", {"body": pieces()}, b"abcdef"),
    ]

    async def work(http: Caller) -> None:
        api, limits = linked(http, a_plan(), [True, False, True, True, False, True, False, True], fused=fused)
        for operation, data, _ in inputs:
            outcome = await api.run(operation, data)
            assert isinstance(outcome, Answered), outcome
            assert outcome.attempts == 1
        assert (len(limits.given_back), len(limits.finished_permits)) == (5, 4)
        assert http.transport.statistics()["opened_total"] == 1

    with serving(always(JSON)) as server:
        way.run(server.port, work)
        assert server.bodies == [body for *_, body in inputs]


def interrupted(way: Way, behave: Behaviour, fused: bool, *, cancels: bool = False, write_s: float = PATIENCE_S) -> Any:
    """Run an upload that breaks off in the middle of its body; return its outcome after a look at its permit."""

    async def work(http: Caller) -> Any:
        plan = a_plan(timeouts=timeouts(PATIENCE_S, write_s=write_s, read_s=PATIENCE_S))
        api, limits = linked(http, plan, [], fused=fused)
        outcome = None
        if cancels:
            task = asyncio.ensure_future(api.run("upload", {"body": LARGE}))
            await http.until(lambda: server.heads)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert task.cancelled()
        else:
            outcome = await api.run("upload", {"body": LARGE})
        assert (len(limits.given_back), len(limits.finished_permits)) == (0, 1)
        assert limits.snapshot().windows[0].used == 1
        assert limits.snapshot().in_flight == 0
        return outcome

    with serving(behave) as server:
        return way.run(server.port, work)


@pytest.mark.parametrize("fused", [True, False], ids=["fused", "general"])
def test_a_connection_that_breaks_in_the_middle_of_a_request_has_used_its_permit(way: Way, fused: bool) -> None:
    """A part has left, and the service may count it."""

    def behave(peer: Peer) -> None:
        peer.read_head()
        peer.take(1000)
        peer.reset()

    outcome = interrupted(way, behave, fused)
    assert isinstance(outcome, Failed)
    assert outcome.reached is not Reach.NO


@pytest.mark.parametrize("fused", [True, False], ids=["fused", "general"])
def test_a_write_that_is_stuck_has_used_its_permit(way: Way, fused: bool) -> None:
    """The service reads no further and the time to write is over."""

    def behave(peer: Peer) -> None:
        peer.read_head()
        peer.hang()

    outcome = interrupted(way, behave, fused, write_s=0.2)
    assert isinstance(outcome.error, DeadlineExceeded)
    assert outcome.error.phase == "write"


@pytest.mark.parametrize("way", [way for way in WAYS if way.name != "blocking"], ids=lambda way: way.name)
@pytest.mark.parametrize("fused", [True, False], ids=["fused", "general"])
def test_a_caller_who_is_cancelled_in_the_middle_of_a_write_has_used_its_permit(way: Way, fused: bool) -> None:
    """What the kernel took of it can't be called back. (A thread is not cancelled: its time to write ends.)"""

    def behave(peer: Peer) -> None:
        peer.read_head()
        peer.hang()

    interrupted(way, behave, fused, cancels=True)
