"""What it costs to start: whole processes, wall and CPU, their bytecode compiled before as after an installation."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import ours
from measuring import HERE, Row, server

RUNS = 11
COMMAND = [sys.executable, "-c", "from intertie.cli.main import main; main()"]
"""What the installed `intertie` script does."""


def measure() -> Iterator[Row]:
    with server() as port, tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        spec = ours.write_spec(place)
        payments = HERE.parent / "tests" / "data" / "specs" / "payments.md"
        rows = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "import intertie": [sys.executable, "-c", "import intertie"],
            "intertie --help": [*COMMAND, "--help"],
            "intertie check, one spec of 390 lines": [*COMMAND, "check", str(payments)],
            "intertie plan": [*COMMAND, "plan", str(spec)],
            "intertie call, to an answer on loopback": [
                *COMMAND, "call", str(spec), "get_thing", "id=7", "--base-url", f"http://127.0.0.1:{port}",
            ],
        }  # fmt: skip
        for name, command in rows.items():
            wall_ms, cpu_ms = started(command, environment(place / "bytecode"))
            yield Row(name, wall_ms, "ms", None, f"{cpu_ms:.0f} ms CPU")


def environment(bytecode: Path) -> dict[str, str]:
    """Return this environment, with compiled modules kept in a folder of ours: nothing is written beside the sources."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": str(bytecode)}


def started(command: list[str], environ: dict[str, str]) -> tuple[float, float]:
    """Return the median milliseconds, wall and CPU, of a process from start to exit; the first run is not counted."""
    wall, cpu = [], []
    for _ in range(RUNS + 1):
        before, began_s = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        wall.append((time.perf_counter() - began_s) * 1000)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000)
        assert done.returncode == 0, done.stderr.decode()
    return statistics.median(wall[1:]), statistics.median(cpu[1:])
