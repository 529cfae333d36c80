"""A call cancelled in the very moment its connection was made left the connection behind, with its socket closed under it."""

from __future__ import annotations

import asyncio
import gc

import pytest

from intertie.adapters.http1 import AsyncioTransport
from intertie.core.clock import AsyncioClock
from intertie.runtime.plan import Origin
from support.bad_servers import HELLO, always, serving


def test_a_connection_that_nobody_takes_is_closed():
    """Cancelled after any number of turns of the loop, opening leaves no descriptor with the loop and no place taken."""

    async def cancelled_after(port: int, turns: int) -> bool:
        loop = asyncio.get_running_loop()
        before = len(loop._selector.get_map())
        clock = AsyncioClock()
        transport = AsyncioTransport(Origin("http", "127.0.0.1", port, ""), clock=clock)
        task = loop.create_task(transport.connect(deadline_s=clock.monotonic_s() + 60, connect_timeout_s=60))
        for _ in range(turns):
            await asyncio.sleep(0)
        opened = task.done()
        task.cancel()
        if opened:
            task.result().release()
        else:
            with pytest.raises(asyncio.CancelledError):
                await task
        assert transport.statistics()["open"] == (1 if opened else 0)
        await transport.aclose()
        for _ in range(3):
            await asyncio.sleep(0)
        assert len(loop._selector.get_map()) == before, turns
        return opened

    with serving(always(HELLO)) as server:
        turns = 0
        while not asyncio.run(cancelled_after(server.port, turns)):
            turns += 1
            assert turns < 1000
        gc.collect()
    assert turns > 3
