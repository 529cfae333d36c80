"""The asyncio face: the same plan, the same guards, awaited."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Self

from intertie.client.face import IntegrationFace, OperationFace
from intertie.client.paging import first_input, items_of, next_input_of, stream_of
from intertie.client.result import Result, result_of
from intertie.runtime.reports import ReplayReport


class AsyncOperation(OperationFace):
    """One operation of a service. Call it and await the result; all guards of the spec apply."""

    async def __call__(self, /, **input: object) -> Result:  # noqa: A002  # what callers give is the operation's input
        """Call with the internal input as keywords; return the result or raise a `CallError`."""
        return result_of(self.plan.id, await self._usual(input))

    async def call(
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
        return result_of(self.plan.id, await self._run(input, options, idempotency_key=idempotency_key))

    async def pages(self, /, **input: object) -> AsyncIterator[Result]:  # noqa: A002
        """Yield whole pages until one is the last."""
        step: Mapping[str, object] | None = first_input(self.plan, input)
        while step is not None:
            page = await self.call(step)
            yield page
            step = next_input_of(self.plan, step, page)

    async def items(self, /, **input: object) -> AsyncIterator[object]:  # noqa: A002
        """Yield the items of all pages."""
        async for page in self.pages(**input):
            for item in items_of(self.plan, page):
                yield item

    @asynccontextmanager
    async def stream(self, /, **input: object) -> AsyncIterator[AsyncIterator[bytes]]:  # noqa: A002
        """Open the answer's body as an iterator of chunks; leaving the block early closes the connection."""
        body = stream_of(self.plan, await self._run(input, stream=True))
        try:
            yield aiter(body)
        finally:
            await body.aclose()


class AsyncIntegration(IntegrationFace[AsyncOperation]):
    """An asyncio client for a service. Operations are attributes: `await payments.create_charge(amount="12.50")`."""

    _operation_class = AsyncOperation

    async def replay_queue(self, *, limit: int | None = None, receipt: str | None = None) -> ReplayReport:
        """Send what the queue holds, oldest first, through the same guards; stop when the service is down."""
        return await self._linked.replay(limit=limit, receipt=receipt)

    async def aclose(self) -> None:
        """Write what is grouped, return what is leased, close connections."""
        await self._linked.aclose()
        if self._close_stores is not None:
            await self._close_stores()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
