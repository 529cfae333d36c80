"""How figures are taken: CPU time per call, the median of several rounds, client and server on different cores."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from exchanged import ANSWER

HERE = Path(__file__).parent


class Goal(NamedTuple):
    """What a figure should be, and what it is."""

    what: str
    is_met: bool

    def __str__(self) -> str:
        return f"{self.what}: {'met' if self.is_met else 'MISSED'}"


class Row(NamedTuple):
    """One figure. `ratio` compares it with the part's own yardstick, None where nothing is compared."""

    name: str
    value: float
    unit: str
    ratio: float | None = None
    note: str = ""
    goals: tuple[Goal, ...] = ()

    def __str__(self) -> str:
        digits = 0 if abs(self.value) >= 1000 else 1 if abs(self.value) >= 10 else 2
        ratio = f"{self.ratio:8.2f} x" if self.ratio is not None else " " * 10
        said = "; ".join(text for text in (self.note, *map(str, self.goals)) if text)
        return f"  {self.name:<44}{self.value:>12,.{digits}f} {self.unit:<12}{ratio}  {said}".rstrip()


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


def all_processors() -> contextlib.AbstractContextManager[None]:
    """Let what is started in here use the whole machine."""
    return _on(range(os.cpu_count() or 1))


@contextlib.contextmanager
def _on(cores: Iterable[int]) -> Iterator[None]:
    """Let what is started in here run on these cores alone."""
    if not hasattr(os, "sched_setaffinity") or (os.cpu_count() or 1) == 1:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextlib.contextmanager
def server() -> Iterator[int]:
    """Answer every request with `exchanged.ANSWER` on a free port: nginx where there is one, else `server.py`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        command = _nginx(Path(folder), port) or [sys.executable, str(HERE / "server.py"), str(port)]
        with _on({1}):
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            _wait_for(process, port)
            yield port
        finally:
            process.terminate()
            process.wait()


def server_name() -> str:
    """Say what answers."""
    return "nginx" if shutil.which("nginx") else "bench/server.py (no nginx is installed)"


NGINX = """
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/errors crit;
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_timeout 600s; keepalive_requests 1000000000;
  client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
  uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
  server {{
    listen 127.0.0.1:{port};
    location / {{ default_type application/json; return 200 '{answer}'; }}
  }}
}}
"""


def _nginx(folder: Path, port: int) -> list[str] | None:
    found = shutil.which("nginx")
    if found is None:
        return None
    written = folder / "nginx.conf"
    written.write_text(NGINX.format(folder=folder, port=port, answer=ANSWER.decode()))
    return [found, "-p", str(folder), "-c", str(written), "-e", str(folder / "errors")]


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(1000):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        if process.poll() is not None:
            break
        time.sleep(0.01)
    msg = f"the server of the bench does not listen: {' '.join(map(str, process.args))}"
    raise RuntimeError(msg)


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
