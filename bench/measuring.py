"""How figures are taken: CPU time of the client process per call, median of several rounds, client and server on different cores."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import platform
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).parent


def pin_client() -> None:
    """Keep the client on core 0; the server goes to core 1."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {0})


@contextlib.contextmanager
def server() -> Iterator[int]:
    """Run `server.py` on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, str(HERE / "server.py"), str(port)], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield port
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def cpu_us(work: Callable[[int], object], count: int, rounds: int = 5) -> float:
    """Return the median CPU microseconds per call of `work(count)`."""
    work(count // 10)
    taken = []
    for _ in range(rounds):
        gc.collect()
        before = time.process_time()
        work(count)
        taken.append((time.process_time() - before) / count * 1e6)
    return statistics.median(taken)


async def cpu_us_async(work: Callable[[int], Awaitable[object]], count: int, rounds: int = 5) -> float:
    """Return the median CPU microseconds per call of `await work(count)`."""
    await work(count // 10)
    taken = []
    for _ in range(rounds):
        gc.collect()
        before = time.process_time()
        await work(count)
        taken.append((time.process_time() - before) / count * 1e6)
    return statistics.median(taken)


def run_async(work: Awaitable[float], *, uvloop: bool) -> float:
    """Run on uvloop where asked, else on asyncio's own loop."""
    if uvloop:
        import uvloop as loop

        return loop.run(work)
    return asyncio.run(work)


def machine() -> str:
    """Say what was measured on."""
    return f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def versions(*names: str) -> str:
    """Say which versions were measured."""
    return ", ".join(f"{name} {metadata.version(name)}" for name in names)
