"""A mock in a test: made from a spec, steered and asked by the test."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from intertie.app.workbench import Workbench, open_workbench
from intertie.core.clock import BlockingClock, Clock
from intertie.core.errors import UsageError
from intertie.core.outside_text import shown
from intertie.mockserver import (
    MockEngine,
    MockReply,
    MockRequest,
    MockServer,
    Profile,
    load_profile,
    profile_of,
)
from intertie.pytest_plugin.received import ReceivedRequest, matches, received_request
from intertie.runtime.plan import Plan
from intertie.testing import VirtualClock, run_virtual

T = TypeVar("T")

_SHOWN = 20


class SpecMock:
    """A mock of one spec.

    Args:
        plan: Of the spec.
        live: Serve it on a free loopback port.
        virtual: Run on virtual time; not together with `live`.
        profile, seed, latency: Of the mock.

    Attributes:
        plan: The compiled plan.
        engine: The mock itself.
        clock: Its time; a `VirtualClock` where time is virtual.
        url: Base URL where it is live, else empty.

    Raises:
        UsageError: `live` and `virtual` together.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        live: bool = False,
        virtual: bool = False,
        profile: Profile | str = "healthy",
        seed: int | str = 0,
        latency: bool = False,
    ) -> None:
        if live and virtual:
            raise UsageError("real sockets know nothing of virtual time: choose live=True or virtual=True")
        self.plan = plan
        self.clock: Clock = VirtualClock() if virtual else BlockingClock()
        self.engine = _RecordingEngine(
            plan,
            clock=self.clock,
            seed=seed,
            profile=profile,
            latency=latency,
        )
        self._server = MockServer(self.engine) if live else None
        self.url = self._server.start() if self._server is not None else ""

    # --- steering

    def use_profile(self, profile: Profile | str | Mapping[str, object]) -> None:
        """Misbehave from now on: by a built-in name or a file, or by a profile's fields, `{"responses": [503]}`."""
        if isinstance(profile, str):
            profile = load_profile(profile)
        elif not isinstance(profile, Profile):
            profile = profile_of(dict(profile))
        unknown = [name for name in profile.operations if name not in self.plan.operations]
        if unknown:
            raise UsageError(f"there is no operation `{unknown[0]}`; the spec has {', '.join(self.plan.operations)}")
        self.engine.use_profile(profile)

    def reset(self) -> None:
        """Forget what was stored, counted and received; the profile begins anew."""
        self.engine.reset()
        self.engine.forget()

    def advance(self, seconds: float) -> None:
        """Let virtual time pass.

        Raises:
            UsageError: Its time is real.
        """
        self._virtual_clock().advance(seconds)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in virtual time and return its result: `mock.run(main())`.

        Raises:
            UsageError: Its time is real; await the coroutine instead.
        """
        try:
            clock = self._virtual_clock()
        except UsageError:
            work.close()
            raise
        return run_virtual(work, clock)

    def _virtual_clock(self) -> VirtualClock:
        if not isinstance(self.clock, VirtualClock):
            raise UsageError("this mock runs on real time; make it with intertie_mock(spec, virtual=True)")
        return self.clock

    def close(self) -> None:
        """Stop serving. Safe to call twice."""
        if self._server is not None:
            self._server.stop()

    # --- asking

    @property
    def received(self) -> list[ReceivedRequest]:
        """Every request since the start or the last `reset`, oldest first."""
        return self.engine.recorded()

    def assert_received(
        self,
        operation: str,
        *,
        times: int | None = None,
        json: object = None,
        form: Mapping[str, object] | None = None,
        query: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> list[ReceivedRequest]:
        """Assert that requests for an operation came, and return those that match.

        Args:
            operation: Operation id.
            times: How many match; None for at least one.
            json: What the JSON body is, or which members it has among others.
            form: Fields of a form body by name; a list where a name comes several times.
            query: Parameters of the query by name, likewise.
            headers: Headers by name.

        Raises:
            UsageError: There is no such operation.
        """
        self._check(operation)
        everything = self.received
        found = [
            received
            for received in everything
            if received.operation == operation and matches(received, json=json, form=form, query=query, headers=headers)
        ]
        if found if times is None else len(found) == times:
            return found
        asked = {"json": json, "form": form, "query": query, "headers": headers}
        details = ", ".join(f"{name}={value!r}" for name, value in asked.items() if value is not None)
        wanted = f"{'at least 1 request' if times is None else _counted(times)} for {operation}"
        raise AssertionError(
            f"expected {wanted}{f' with {details}' if details else ''}, and {len(found)} came.\n"
            f"{_listed(everything, bodies=json is not None or form is not None)}"
        )

    def assert_not_received(self, operation: str | None = None) -> None:
        """Assert that no request came: for an operation, or at all.

        Raises:
            UsageError: There is no such operation.
        """
        if operation is not None:
            self._check(operation)
        found = [received for received in self.received if operation in (None, received.operation)]
        if found:
            raise AssertionError(f"expected no request{f' for {operation}' if operation else ''}.\n{_listed(found)}")

    def _check(self, operation: str) -> None:
        if operation not in self.plan.operations:
            raise UsageError(f"there is no operation `{operation}`; the spec has {', '.join(self.plan.operations)}")

    def __repr__(self) -> str:
        return f"SpecMock({self.plan.service}, {self.url or 'in this process'})"


class _RecordingEngine(MockEngine):
    """A mock that keeps whole requests, bodies too."""

    def __init__(self, plan: Plan, **options: Any) -> None:
        super().__init__(plan, **options)
        self._recorded: list[ReceivedRequest] = []
        self._recording = Lock()

    def handle(self, request: MockRequest, *, since_s: float | None = None) -> MockReply:
        """Answer, and keep what was asked."""
        reply = super().handle(request, since_s=since_s)
        entry = received_request(request, reply, self.received.masking)
        with self._recording:
            self._recorded.append(entry)
        return reply

    def recorded(self) -> list[ReceivedRequest]:
        """Return what was asked, oldest first."""
        with self._recording:
            return list(self._recorded)

    def forget(self) -> None:
        """Forget what was asked."""
        with self._recording:
            self._recorded.clear()


def find_spec(spec: str | Path, folders: Sequence[Path]) -> tuple[Workbench, str | Path]:
    """Return the workbench of a spec and how it is named there: as a file in one of the folders, else by id or service.

    Raises:
        UsageError: There is none.
    """
    for folder in folders:
        if (folder / spec).is_file():
            return open_workbench(folder / spec), folder / spec
    benches = [open_workbench(folder) for folder in dict.fromkeys(folders)]
    for bench in benches:
        if bench.workspace.find_by_id(str(spec)) is not None:
            return bench, spec
    known = sorted({each for bench in benches for each in bench.workspace.spec_ids()})
    where = ", ".join(str(folder) for folder in dict.fromkeys(folders))
    raise UsageError(f"there is no spec `{spec}` in {where}; known there: {', '.join(known) or 'none'}")


def _counted(times: int) -> str:
    return f"{times} request{'' if times == 1 else 's'}"


def _listed(received: Sequence[ReceivedRequest], *, bodies: bool = False) -> str:
    if not received:
        return "The mock received nothing."
    lines = [
        f"  {number}. {each}{_body_text(each) if bodies else ''}" for number, each in enumerate(received[:_SHOWN], 1)
    ]
    more = [f"  … and {len(received) - _SHOWN} more"] if len(received) > _SHOWN else []
    return "\n".join(["The mock received:", *lines, *more])


def _body_text(received: ReceivedRequest) -> str:
    return f": {shown(received.body.decode('utf-8', 'replace'))}" if received.body else ""
