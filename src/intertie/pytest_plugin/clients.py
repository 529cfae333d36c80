"""Clients of a mock: state in memory, made-up secrets, the mock's own time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from intertie.adapters.stores import InlineOffload, ThreadOffload, open_coordination, open_journal
from intertie.client import AsyncIntegration, Integration
from intertie.core.clock import AsyncioClock, Clock
from intertie.core.rng import SeededRng
from intertie.core.secret import Secret
from intertie.mockserver.in_process import MockTransport
from intertie.pytest_plugin.mocks import SpecMock
from intertie.runtime.http import Transport
from intertie.runtime.linked import LinkedPlan
from intertie.runtime.plan import Origin, Plan
from intertie.runtime.state import Offload
from intertie.runtime.surroundings import Surroundings
from intertie.runtime.transports import Transports
from intertie.testing import VirtualClock


class MadeUpSecrets:
    """Secrets for a mock, which takes any: a real one never reaches a test."""

    def resolve(self, reference: str, *, lines: bool = False) -> Secret:
        """Return the same made-up text for every reference."""
        del lines
        return Secret("made-up-for-the-mock", reference=reference)


def blocking_client(mock: SpecMock) -> Integration:
    """Return a client for synchronous tests; it takes no threads of its own."""
    from intertie.adapters.http1 import BlockingTransport  # noqa: PLC0415  # for live mocks alone

    clock: Clock = mock.clock
    plan, secrets = _plan(mock), MadeUpSecrets()

    def reach(origin: Origin) -> Transport:
        if not mock.url:
            return MockTransport(mock.engine, clock, origin=origin)
        # The mock stands for every origin of the plan: a test never reaches a real one.
        return BlockingTransport(plan.origin, tls=plan.tls, secrets=secrets, clock=clock)

    surroundings = _surroundings(plan, clock, InlineOffload(), reach, secrets)
    return Integration(LinkedPlan(plan, surroundings))


def asynchronous_client(mock: SpecMock) -> AsyncIntegration:
    """Return a client for asynchronous tests, to be used with `async with`."""
    from intertie.adapters.http1 import AsyncioTransport  # noqa: PLC0415  # for live mocks alone

    virtual = isinstance(mock.clock, VirtualClock)
    clock: Clock = mock.clock if virtual else AsyncioClock()
    plan, secrets = _plan(mock), MadeUpSecrets()

    def reach(origin: Origin) -> Transport:
        if not mock.url:
            return MockTransport(mock.engine, clock, origin=origin)
        # The mock stands for every origin of the plan: a test never reaches a real one.
        return AsyncioTransport(plan.origin, tls=plan.tls, secrets=secrets, clock=clock)

    # In virtual time nothing may run in a thread: the loop would jump ahead of it.
    offload = InlineOffload() if virtual else ThreadOffload()
    surroundings = _surroundings(plan, clock, offload, reach, secrets)
    return AsyncIntegration(LinkedPlan(plan, surroundings))


def _plan(mock: SpecMock) -> Plan:
    """Return the plan with the mock's address where it has one."""
    if not mock.url:
        return mock.plan
    authority = mock.url.partition("://")[2].partition("/")[0]
    host, _, port = authority.rpartition(":")
    return replace(mock.plan, origin=Origin("http", host.strip("[]"), int(port), mock.plan.origin.base_path))


def _surroundings(
    plan: Plan, clock: Clock, offload: Offload, reach: Callable[[Origin], Transport], secrets: MadeUpSecrets
) -> Surroundings:
    rng = SeededRng(plan.id)
    root = Path()
    transport = reach(plan.origin)
    return Surroundings(
        clock,
        rng,
        transport,
        open_coordination("memory://", clock=clock, rng=rng, offload=offload, root=root),
        open_journal("memory://", clock=clock, rng=rng, offload=offload, root=root),
        secrets,
        transports=Transports((plan.origin, transport), allowed=plan.origins, open=reach),
    )
