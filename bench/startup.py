"""What it costs to start: whole processes, wall and CPU, their bytecode compiled before as after an installation; and what it
costs to open a spec of few and of very many operations, whose text passed the check before or is new."""

from __future__ import annotations

import gc
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import ours
from measuring import HERE, Row, cpu_us, server

import intertie
from intertie.app.kept_plans import FOLDER
from intertie.app.passed_texts import FILE_NAME

RUNS = 11
OPERATIONS = (10, 1_000)
MEMORY = """
import gc, json, os, sys, tracemalloc
import intertie
small, spec, how = sys.argv[1:]
for _ in range(2):
    intertie.open(small, base_url="http://127.0.0.1:9").close()
def resident():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE")
gc.collect()
before, peak, stays = resident(), 0, 0
if how == "traced":
    tracemalloc.start()
api = intertie.open(spec, base_url="http://127.0.0.1:9")
if how == "traced":
    gc.collect()
    stays, peak = tracemalloc.get_traced_memory()
print(json.dumps([resident() - before, stays, peak]))
"""
"""Opens one spec after everything that any opening needs is loaded: what comes on top is the spec's own."""
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
        for number in OPERATIONS:
            yield from opened(place / str(number), number, port)


def opened(place: Path, number: int, port: int) -> Iterator[Row]:
    """Yield what opening a spec of so many operations takes in a warm process, what of it stays, and what a call takes then."""
    spec = ours.write_spec(place)
    spec.write_text(of_many(spec.read_text(), number))
    url = f"http://127.0.0.1:{port}"
    remembered, plans = place / ".intertie" / FILE_NAME, place / ".intertie" / FOLDER
    name = f"open {number:,} operations"
    for known in (False, True):
        taken_ms = []
        for _ in range(6):
            if not known:
                remembered.unlink(missing_ok=True)
                shutil.rmtree(plans, ignore_errors=True)
            gc.collect()
            began_s = time.process_time()
            api = intertie.open(spec, base_url=url)
            taken_ms.append((time.process_time() - began_s) * 1000)
            api.close()
        yield Row(f"{name}, {'checked before' if known else 'a new text'}", min(taken_ms[1:]), "ms CPU")
    yield memory(f"{name}, checked before", place, spec)
    api = intertie.open(spec, base_url=url)
    last = api.operations[f"get_thing_{number - 1}"]

    def calls(count: int) -> None:
        for _ in range(count):
            last(id="7")

    yield Row(f"a call, one of {number:,} operations", cpu_us(calls, 300), "us CPU")
    api.close()


def memory(name: str, place: Path, spec: Path) -> Row:
    """Return what an opening adds to a process: resident, and as Python's allocators count it."""
    small = ours.write_spec(place.with_name(f"{place.name}-beside"))
    grown = {}
    for how in ("resident", "traced"):
        command = [sys.executable, "-c", MEMORY, str(small), str(spec), how]
        for _ in range(2):  # the first one keeps the plan for this base URL
            done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
        grown[how] = [each / 1e6 for each in json.loads(done.stdout)]
    resident, (_, stays, peak) = grown["resident"][0], grown["traced"]
    return Row(f"{name}, memory", resident, "MB resident", None, f"{stays:.1f} MB traced, {peak:.1f} at most meanwhile")


def of_many(text: str, number: int) -> str:
    """Return the spec with its endpoint repeated under other names and paths."""
    head, rest = text.split("### Get Thing\n")
    block, others = rest.split("### ", 1)
    many = (f"### Get Thing {each}\n{block}" for each in range(number - 1))
    same = f"### Get Thing {number - 1}\n{block}"
    apart = (each.replace("/things/{id}", f"/things{index}/{{id}}") for index, each in enumerate(many))
    return f"{head}{''.join(apart)}{same}### {others}"


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
