"""A whole guarded call over loopback: ours in both ways of running, beside two HTTP clients with today's stacks around them."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import ours
import peers
from measuring import Missing, Row, cpu_us, cpu_us_async, missing_package, run_async, server

OURS, PEERS, SLOW_PEERS = 3_000, 1_500, 400
"""Calls in a round."""
YARDSTICK = "intertie, asyncio, memory"
PATH = "/things/ch_1"

Call = Callable[[], Awaitable[object]]


def measure() -> Iterator[Row | Missing]:
    with server() as port, tempfile.TemporaryDirectory() as folder:
        yardstick_us = 0.0
        for name, run in _rows(Path(folder), port):
            try:
                taken_us = run()
            except ModuleNotFoundError as absent:
                yield missing_package(name, absent)
                continue
            if name == YARDSTICK:
                yardstick_us = taken_us
            yield Row(name, taken_us, "µs/call", taken_us / yardstick_us)


def _rows(folder: Path, port: int) -> Iterator[tuple[str, Callable[[], float]]]:
    for state in ("memory", "sqlite"):
        url = "memory://" if state == "memory" else None  # the default is SQLite, in the workspace
        place = folder / state
        for loop in ("asyncio", "uvloop"):
            yield (
                f"intertie, {loop}, {state}",
                lambda u=url, p=place, v=loop == "uvloop": run_async(_ours(p, port, u), uvloop=v),
            )
        yield f"intertie, synchronous, {state}", lambda u=url, p=place: _ours_blocking(p, port, u)
    for client, calls in ((_aiohttp, PEERS), (_httpx2, SLOW_PEERS)):
        library = client.__name__.strip("_")
        for stack, guard in (
            (None, None),
            ("stamina, purgatory, limits", peers.stamina_stack),
            ("tenacity, circuitbreaker, pyrate-limiter", peers.tenacity_stack),
        ):
            name = f"{library} + {stack}" if stack else f"{library} alone"
            yield name, lambda c=client, g=guard, n=calls: run_async(c(port, g, n), uvloop=False)


async def _ours(folder: Path, port: int, state: str | None) -> float:
    async with ours.open_asyncio(folder, port, state) as bench:

        async def work(count: int) -> None:
            for _ in range(count):
                assert (await bench.get_thing(id="ch_1")).data["amount"] == 1250

        return await cpu_us_async(work, OURS)


def _ours_blocking(folder: Path, port: int, state: str | None) -> float:
    with ours.open_blocking(folder, port, state) as bench:

        def work(count: int) -> None:
            for _ in range(count):
                assert bench.get_thing(id="ch_1").data["amount"] == 1250

        return cpu_us(work, OURS)


async def _aiohttp(port: int, guard: Callable[..., Call] | None, count: int) -> float:
    import aiohttp

    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:

        async def call() -> object:
            async with session.get(PATH, headers={"X-Api-Key": "k"}) as answer:
                answer.raise_for_status()
                return json.loads(await answer.read())

        return await _guarded(call, guard, aiohttp.ClientError, count)


async def _httpx2(port: int, guard: Callable[..., Call] | None, count: int) -> float:
    import httpx2

    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as session:

        async def call() -> object:
            answer = await session.get(PATH, headers={"X-Api-Key": "k"})
            answer.raise_for_status()
            return answer.json()

        return await _guarded(call, guard, httpx2.HTTPError, count)


async def _guarded(call: Call, guard: Callable[..., Call] | None, errors: type[BaseException], count: int) -> float:
    guarded = guard(call, errors) if guard else call

    async def work(calls: int) -> None:
        for _ in range(calls):
            assert (await guarded())["amount"] == 1250

    return await cpu_us_async(work, count)
