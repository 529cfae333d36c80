"""The pytest plugin: a spec's mock and a client for it, as fixtures. pytest loads it by its entry point.

    def test_a_declined_card(intertie_mock, intertie_client):
        mock = intertie_mock("specs/payments.md")
        mock.use_profile({"responses": [503, 503]})
        payments = intertie_client(mock)
        charge = payments.create_charge(amount="12.50", currency="EUR")
        assert charge.attempts == 3
        mock.assert_received("create_charge", times=3)

Both fixtures are factories, so a test may have several of each. What they start is stopped when the test ends. Mock and
client are imported when the first test asks for one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, overload

import pytest

if TYPE_CHECKING:
    from intertie.client import AsyncIntegration, Integration
    from intertie.mockserver import Profile
    from intertie.pytest_plugin.mocks import SpecMock


class ClientFactory(Protocol):
    """What the fixture `intertie_client` gives."""

    @overload
    def __call__(self, mock: SpecMock, *, asynchronous: Literal[False] = False) -> Integration: ...
    @overload
    def __call__(self, mock: SpecMock, *, asynchronous: Literal[True]) -> AsyncIntegration: ...
    def __call__(self, mock: SpecMock, *, asynchronous: bool = False) -> Integration | AsyncIntegration:
        """Return a client of a mock; an asynchronous one is to be used with `async with`."""


class MockFactory(Protocol):
    """What the fixture `intertie_mock` gives."""

    def __call__(
        self,
        spec: str | Path,
        *,
        live: bool = False,
        virtual: bool = False,
        env: str | None = None,
        profile: Profile | str = "healthy",
        seed: int | str = 0,
        latency: bool = False,
    ) -> SpecMock:
        """Return a mock of a spec; see `intertie_mock`."""


@pytest.fixture
def intertie_mock(request: pytest.FixtureRequest) -> Iterator[MockFactory]:
    """A factory of mocks, `intertie_mock(spec, live=False, virtual=False)`.

    Args of the factory:
        spec: A spec's path, from the test's own folder, pytest's root folder or the current one; or its id or service
            in the workspace there.
        live: Serve it on a free loopback port, for code that opens its own connections: `mock.url`.
        virtual: Let time jump instead of passing: waits, latencies and timeouts take no real time.
        env: Environment of the spec.
        profile: How it misbehaves, by name, file or `Profile`.
        seed: The same seed and requests give the same answers.
        latency: Let answers take the time that the spec's targets say.
    """
    from intertie.pytest_plugin.mocks import SpecMock, find_spec  # noqa: PLC0415  # for tests that ask for it

    made: list[SpecMock] = []

    def make(
        spec: str | Path,
        *,
        live: bool = False,
        virtual: bool = False,
        env: str | None = None,
        profile: Profile | str = "healthy",
        seed: int | str = 0,
        latency: bool = False,
    ) -> SpecMock:
        bench, found = find_spec(spec, (request.path.parent, request.config.rootpath, Path.cwd()))
        plan = bench.plan(found, environment=env)
        mock = SpecMock(plan, live=live, virtual=virtual, profile=profile, seed=seed, latency=latency)
        made.append(mock)
        return mock

    yield make
    for mock in reversed(made):
        mock.close()


@pytest.fixture
def intertie_client(intertie_mock: MockFactory) -> Iterator[ClientFactory]:  # noqa: ARG001  # clients end before mocks
    """A factory of clients, `intertie_client(mock, asynchronous=False)`.

    A client has state of its own in memory and made-up secrets: nothing of the workspace's state is read or written,
    and no real credential is sent to a mock.
    """
    from intertie.pytest_plugin.clients import asynchronous_client, blocking_client  # noqa: PLC0415

    to_close: list[Callable[[], None]] = []

    def make(mock: SpecMock, *, asynchronous: bool = False) -> Integration | AsyncIntegration:
        if asynchronous:
            return asynchronous_client(mock)
        client = blocking_client(mock)
        to_close.append(client.close)
        return client

    yield make  # type: ignore[misc]  # the two overloads in one function
    for close in reversed(to_close):
        close()
