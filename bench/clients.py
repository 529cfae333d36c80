"""Every client that the `calls` part measures: each opens, and gives one call that is repeated.

An opener takes the port of the server and a folder of its own; what it yields sends `exchanged.ORDER` once, and has read the
answer when it is done.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final, TypeAlias

import floor
import ours
import peers
from exchanged import ORDER, PATH

Asking: TypeAlias = AbstractAsyncContextManager[Callable[[], Awaitable[object]]]
Blocking: TypeAlias = AbstractContextManager[Callable[[], object]]
HEADERS: Final = {"X-Api-Key": "k", "Idempotency-Key": "0d4d2b1e-6a2f-4a52-9f0e-0a8f5a1b2c3d"}


@asynccontextmanager
async def _ours(port: int, folder: Path, state: str | None, *, priced: bool) -> AsyncIterator[object]:
    async with ours.open_asyncio(folder, port, state, priced=priced) as bench:

        async def call() -> None:
            assert (await bench.create_order(**ORDER)).data["amount"] == 1250

        yield call


@contextmanager
def _ours_blocking(port: int, folder: Path, state: str | None, *, priced: bool) -> Iterator[object]:
    with ours.open_blocking(folder, port, state, priced=priced) as bench:

        def call() -> None:
            assert bench.create_order(**ORDER).data["amount"] == 1250

        yield call


@asynccontextmanager
async def _aiohttp(port: int, _: Path, *, guarded: bool) -> AsyncIterator[object]:
    import aiohttp

    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:

        async def call() -> object:
            async with session.post(PATH, json=ORDER, headers=HEADERS) as answer:
                answer.raise_for_status()
                return await answer.json()

        yield peers.stamina_stack(call, aiohttp.ClientError) if guarded else call


@asynccontextmanager
async def _httpx2(port: int, _: Path) -> AsyncIterator[object]:
    import httpx2

    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as session:

        async def call() -> object:
            answer = await session.post(PATH, json=ORDER, headers=HEADERS)
            answer.raise_for_status()
            return answer.json()

        yield peers.stamina_stack(call, httpx2.HTTPError)


@contextmanager
def _httpx2_blocking(port: int, _: Path) -> Iterator[object]:
    import httpx2

    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as session:

        def call() -> object:
            answer = session.post(PATH, json=ORDER, headers=HEADERS)
            answer.raise_for_status()
            return answer.json()

        yield peers.stamina_stack_blocking(call, httpx2.HTTPError)


BARE, FLOOR, PEER, MEMORY, SQLITE = (
    "bare loop, one exchange",
    "floor: all guards by hand",
    "aiohttp + stamina, purgatory, limits",
    "intertie, memory",
    "intertie, SQLite",
)
SLOW_PEER: Final = "httpx2 + stamina, purgatory, limits"
PRICED: Final = ", priced"
OURS: Final = {
    f"{name}{PRICED if priced else ''}": (state, priced)
    # The default state is SQLite, in the workspace.
    for name, state in ((MEMORY, "memory://"), (SQLITE, None))
    for priced in (False, True)
}

ASKING: Final[Mapping[str, Callable[[int, Path], Asking]]] = {
    BARE: lambda port, _: floor.open_bare(port),
    FLOOR: lambda port, _: floor.open_asyncio(port),
    "aiohttp alone": lambda port, folder: _aiohttp(port, folder, guarded=False),
    PEER: lambda port, folder: _aiohttp(port, folder, guarded=True),
    SLOW_PEER: _httpx2,
} | {
    name: lambda port, folder, s=state, p=priced: _ours(port, folder, s, priced=p)
    for name, (state, priced) in OURS.items()
}
BLOCKING: Final[Mapping[str, Callable[[int, Path], Blocking]]] = {
    FLOOR: lambda port, _: floor.open_blocking(port),
    SLOW_PEER: _httpx2_blocking,
} | {
    name: lambda port, folder, s=state, p=priced: _ours_blocking(port, folder, s, priced=p)
    for name, (state, priced) in OURS.items()
}
