"""How figures are taken: CPU time per call, the median of several rounds, client and server on different cores."""

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
from typing import NamedTuple

HERE = Path(__file__).parent


class Row(NamedTuple):
    """One figure. `ratio` compares it with the part's own yardstick, None where nothing is compared."""

    name: str
    value: float
    unit: str
    ratio: float | None = None
    note: str = ""

    def __str__(self) -> str:
        digits = 0 if abs(self.value) >= 1000 else 1 if abs(self.value) >= 10 else 2
        ratio = f"{self.ratio:8.2f} x" if self.ratio is not None else " " * 10
        return f"  {self.name:<44}{self.value:>12,.{digits}f} {self.unit:<12}{ratio}  {self.note}".rstrip()


class Missing(NamedTuple):
    """A row that can't be measured here, and why."""

    name: str
    why: str

    def __str__(self) -> str:
        return f"  {self.name:<44}{'-':>12} {self.why}"


def missing_package(name: str, absent: ModuleNotFoundError) -> Missing:
    """Say which package a row needs."""
    return Missing(name, f"{absent.name} is not installed (requirements/bench.txt)")


def pin_client() -> None:
    """Keep the client on core 0; the server goes to core 1."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {0})


def pin_server() -> None:
    """Keep the server on core 1."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {1})


@contextlib.contextmanager
def all_processors() -> Iterator[None]:
    """Let what is started in here use the whole machine."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, range(os.cpu_count() or 1))
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


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


def cpu_us(work: Callable[[int], object], count: int, rounds: int = 7, *, warm_up: bool = True) -> float:
    """Return the median CPU microseconds per call of `work(count)`, all threads of this process included."""
    if warm_up:
        work(max(count // 10, 1))
    taken = []
    for _ in range(rounds):
        gc.collect()
        before = time.process_time()
        work(count)
        taken.append((time.process_time() - before) / count * 1e6)
    return statistics.median(taken)


async def cpu_us_async(work: Callable[[int], Awaitable[object]], count: int, rounds: int = 7) -> float:
    """Return the median CPU microseconds per call of `await work(count)`, all threads of this process included."""
    await work(max(count // 10, 1))
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
    """Say what is measured on."""
    return f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def load() -> str:
    """Say how busy the machine is: tasks that were running or waiting over the last minute."""
    return f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "load unknown"


def versions(*names: str) -> dict[str, str | None]:
    """Return the installed version of each package, None where it is not there."""
    found: dict[str, str | None] = {}
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = None
    return found
