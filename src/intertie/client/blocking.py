"""The synchronous face: an integration and its operations. No event loop, no background thread for calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from intertie.client.options import CallOptions, CloseStores
from intertie.client.paging import first_input, items_of, next_input_of, stream_of
from intertie.client.result import Result, result_of
from intertie.core.answers import ServiceAnswer
from intertie.core.errors import UsageError
from intertie.core.plurals import plural
from intertie.runtime.http import BodyStream
from intertie.runtime.linked import LinkedPlan
from intertie.runtime.masking import ShownResponse
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.reports import PlanStatistics, ReplayReport
from intertie.runtime.state import BreakerHandle, LimiterHandle
from intertie.runtime.stepping import run_blocking


class Operation:
    """One operation; calling it calls the service through every guard."""

    def __init__(self, linked: LinkedPlan, plan: OperationPlan, options: CallOptions) -> None:
        self._linked = linked
        self.plan = plan
        self._options = options

    def __call__(self, /, **input: object) -> Result:  # noqa: A002  # what callers give is the operation's input
        """Call with the internal input as keywords; return the result or raise a `CallError`."""
        return self.call(input)

    def call(
        self,
        input: Mapping[str, object],  # noqa: A002
        *,
        version: str | None = None,
        timeout_s: float | None = None,
        caller: str | None = None,
        idempotency_key: str | None = None,
        explain: bool | None = None,
    ) -> Result:
        """Call with the input as a mapping and options for this call alone.

        Raises:
            InvalidInput: The input breaks the operation's contract; nothing was sent.
            CallError: The call failed; the subclass says how, `reached` whether it may have taken effect.
        """
        options = self._options.but(version=version, timeout_s=timeout_s, caller=caller, explain=explain)
        outcome = run_blocking(
            self._linked.run(
                self.plan.id,
                input,
                caller=options.caller,
                version=options.version,
                timeout_s=options.timeout_s,
                idempotency_key=idempotency_key,
                explain=options.explain,
            )
        )
        return result_of(self.plan.id, outcome)

    def pages(self, /, **input: object) -> Iterator[Result]:  # noqa: A002
        """Yield whole pages until one is the last."""
        step: Mapping[str, object] | None = first_input(self.plan, input)
        while step is not None:
            page = self.call(step)
            yield page
            step = next_input_of(self.plan, step, page)

    def items(self, /, **input: object) -> Iterator[object]:  # noqa: A002
        """Yield the items of all pages."""
        for page in self.pages(**input):
            yield from items_of(self.plan, page)

    @contextmanager
    def stream(self, /, **input: object) -> Iterator[Iterator[bytes]]:  # noqa: A002
        """Open the answer's body as an iterator of chunks; leaving the block early closes the connection."""
        options = self._options
        outcome = run_blocking(
            self._linked.run(
                self.plan.id,
                input,
                caller=options.caller,
                version=options.version,
                timeout_s=options.timeout_s,
                explain=options.explain,
                stream=True,
            )
        )
        body = stream_of(self.plan, outcome)
        try:
            yield _chunks(body)
        finally:
            run_blocking(_close(body))

    def __repr__(self) -> str:
        return f"Operation({self.plan.id}: {self.plan.wire.title})"


def _chunks(body: BodyStream) -> Iterator[bytes]:
    chunks = aiter(body)
    while True:
        try:
            yield run_blocking(_next(chunks))
        except _EndOfBody:
            return


class _EndOfBody(Exception):  # noqa: N818  # a signal: StopAsyncIteration can't leave a coroutine
    pass


async def _next(chunks: object) -> bytes:
    try:
        return await anext(chunks)  # type: ignore[call-overload, no-any-return]
    except StopAsyncIteration:
        raise _EndOfBody from None


async def _close(body: BodyStream) -> None:
    await body.aclose()


class Integration:
    """An external service through its spec: operations are attributes, `payments.create_charge(amount="12.50")`.

    Safe to share between threads. Close it, or use it as a context manager, so that what is leased goes back.
    """

    def __init__(
        self, linked: LinkedPlan, options: CallOptions | None = None, *, close_stores: CloseStores | None = None
    ) -> None:
        self._linked = linked
        self._options = options or CallOptions()
        self._close_stores = close_stores

    @property
    def plan(self) -> Plan:
        """The compiled plan."""
        return self._linked.plan

    def operation(self, name: str) -> Operation:
        """Return one operation by its id.

        Raises:
            UsageError: There is none of that name; the message names the nearest.
        """
        plan = self._linked.plan.operations.get(name)
        if plan is None:
            raise UsageError(self._linked.unknown_operation(name))
        return Operation(self._linked, plan, self._options)

    def __getattr__(self, name: str) -> Operation:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self.operation(name)
        except UsageError as unknown:
            raise AttributeError(str(unknown)) from None

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._linked.plan.operations})

    def with_version(self, version: str) -> Integration:
        """Return a view whose calls ask for `version`."""
        return self._view(self._options.but(version=version))

    def with_options(
        self, *, timeout_s: float | None = None, caller: str | None = None, explain: bool | None = None
    ) -> Integration:
        """Return a view whose calls have these options; it shares connections and state with this one."""
        return self._view(self._options.but(timeout_s=timeout_s, caller=caller, explain=explain))

    def _view(self, options: CallOptions) -> Integration:
        return Integration(self._linked, options, close_stores=self._close_stores)

    def require_credential(self) -> None:
        """Raise now where calls would find no credential, so that an application stops at its start; nothing is sent.

        Raises:
            CredentialMissing: Its environment variable or file is not there; the message names the reference.
        """
        self._linked.require_credential()

    def replay_queue(self, *, limit: int | None = None, receipt: str | None = None) -> ReplayReport:
        """Send what the queue holds, oldest first, through the same guards; stop when the service is down."""
        return run_blocking(self._linked.replay(limit=limit, receipt=receipt))

    @property
    def limiter(self) -> LimiterHandle:
        """The limiter, for an operator's hand: `pause(seconds)`, `resume()`."""
        return self._linked.guards.limiter

    @property
    def breakers(self) -> Mapping[str, BreakerHandle]:
        """The breakers by name, for an operator's hand: `force("open")`, `force("closed")`, `force(None)`."""
        return self._linked.guards.breakers

    def shown_response(self, response: ServiceAnswer) -> ShownResponse:
        """Return an answer of this service as it may be logged: masked, without control characters, cut.

        `str()` of it has status line, headers and body; `as_json()` the same as data.
        """
        return self._linked.shown_response(response)

    def statistics(self) -> PlanStatistics:
        """Return limiter, breaker, queue and budget as they are now."""
        return self._linked.statistics()

    def close(self) -> None:
        """Write what is grouped, return what is leased, close connections."""
        run_blocking(self._linked.aclose())
        if self._close_stores is not None:
            run_blocking(self._close_stores())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Integration({self.plan.key}, {plural(len(self.plan.operations), 'operation')})"
