"""The synchronous face: an integration and its operations. No event loop; only a state file has threads of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from intertie.client.face import IntegrationFace, OperationFace
from intertie.client.paging import first_input, items_of, next_input_of, stream_of
from intertie.client.result import Result, result_of
from intertie.runtime.http import BodyStream
from intertie.runtime.reports import ReplayReport
from intertie.runtime.stepping import run_blocking


class Operation(OperationFace):
    """One operation of a service. Call it like a function; all guards of the spec apply."""

    def __call__(self, /, **input: object) -> Result:  # noqa: A002  # what callers give is the operation's input
        """Call with the internal input as keywords; return the result or raise a `CallError`."""
        return result_of(self.plan.id, run_blocking(self._usual(input)))

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
        return result_of(self.plan.id, run_blocking(self._run(input, options, idempotency_key=idempotency_key)))

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
        body = stream_of(self.plan, run_blocking(self._run(input, stream=True)))
        try:
            yield _chunks(body)
        finally:
            run_blocking(_close(body))


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


class Integration(IntegrationFace[Operation]):
    """A client for an external service. Operations are attributes: `payments.create_charge(amount="12.50")`.

    It is safe to share between threads. Close it, or use it as a context manager, to return what it has leased.
    """

    _operation_class = Operation

    def replay_queue(self, *, limit: int | None = None, receipt: str | None = None) -> ReplayReport:
        """Send what the queue holds, oldest first, through the same guards; stop when the service is down."""
        return run_blocking(self._linked.replay(limit=limit, receipt=receipt))

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
