"""A process with one client in it, that is told how many callers shall make how many calls: `python bench/callers.py …`.

It says `ready`, or `missing PACKAGE`. Then each line it reads, `CALLERS CALLS`, is done and answered with the seconds of CPU
that it took, all threads of the process included. So clients are measured in turns, each in a process where nothing else is.
"""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import clients
from measuring import HERE

SETTLING_S = 0.02
"""Waited for after the last call: what stores write in groups belongs to the calls."""


class Callers:
    """One such process, from outside."""

    def __init__(self, running: str, client: str, port: int, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "callers.py"), running, client, str(port), str(folder)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
        )  # fmt: skip

    def missing(self) -> str | None:
        """Return the package that the client needs and that is not installed; wait until it is ready where none is."""
        said = self._said().split()
        return said[1] if said[0] == "missing" else None

    def begin(self, callers: int, calls: int) -> None:
        """Have `callers` make `calls` in all."""
        assert self._process.stdin is not None
        print(callers, calls, file=self._process.stdin, flush=True)

    def cpu_s(self) -> float:
        """Wait for what was begun; return the seconds of CPU that it took."""
        return float(self._said())

    def close(self) -> None:
        """End it, and what it has open."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def _said(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            msg = f"{' '.join(self._process.args)} ended with status {self._process.wait()}"
            raise RuntimeError(msg)
        return line


async def _asyncio(client: str, port: int, folder: Path) -> None:
    loop = asyncio.get_running_loop()
    async with clients.ASKING[client](port, folder) as call:
        print("ready", flush=True)
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            callers, calls = map(int, line.split())
            gc.collect()
            before_s = time.process_time()
            await asyncio.gather(*(_repeat(call, calls // callers) for _ in range(callers)))
            await asyncio.sleep(SETTLING_S)
            print(time.process_time() - before_s, flush=True)


async def _repeat(call: Callable[[], Awaitable[object]], times: int) -> None:
    for _ in range(times):
        await call()


def _threads(client: str, port: int, folder: Path) -> None:
    def repeat(times: int) -> None:
        for _ in range(times):
            call()

    with clients.BLOCKING[client](port, folder) as call, ThreadPoolExecutor(64) as pool:
        print("ready", flush=True)
        while line := sys.stdin.readline():
            callers, calls = map(int, line.split())
            gc.collect()
            before_s = time.process_time()
            for done in [pool.submit(repeat, calls // callers) for _ in range(callers)]:
                done.result()
            time.sleep(SETTLING_S)
            print(time.process_time() - before_s, flush=True)


def main(running: str, client: str, port: str, folder: str) -> None:
    try:
        if running == "threads":
            _threads(client, int(port), Path(folder))
        elif running == "uvloop":
            import uvloop

            uvloop.run(_asyncio(client, int(port), Path(folder)))
        else:
            asyncio.run(_asyncio(client, int(port), Path(folder)))
    except ModuleNotFoundError as absent:
        print("missing", absent.name, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
