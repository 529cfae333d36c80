"""What checking costs: variants of one spec of some 390 lines, with everything on that a spec can have.

Warm: rules, schemas and parsers are loaded. `one by one` is this process alone on one core; the command shares many files
out among all processors, its start included. The large specs are the same one with its endpoints repeated under other names.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from measuring import HERE, Row, all_processors, cpu_us
from startup import COMMAND, environment

from intertie.compiler import load_settings
from intertie.lint.checking import Checker
from intertie.spec.workspace import Workspace

SPECS = HERE.parent / "tests" / "data" / "specs"
NUMBERS = (1, 100, 1_000)
MEGABYTES = (0.25, 0.5, 1.0, 2.0)


def measure() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        yield from _measured(Path(folder) / "bytecode")


def _measured(bytecode: Path) -> Iterator[Row]:
    per_spec_ms = 0.0
    for number in NUMBERS:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            files = write(root, number)
            taken_ms = _one_by_one(root, files)
            per_spec_ms = per_spec_ms or taken_ms / number
            ratio = taken_ms / number / per_spec_ms
            yield Row(f"{number:,} specs, one by one, each", taken_ms / number, "ms CPU", ratio)
            if number == 1:
                _command_s(root, bytecode)  # compiles the modules, as an installation does
            else:
                yield Row(f"{number:,} specs, one by one, in all", taken_ms / 1000, "s CPU")
                yield Row(
                    f"{number:,} specs, the command",
                    _command_s(root, bytecode),
                    "s",
                    None,
                    f"{os.cpu_count()} processors",
                )

    per_mb_s = 0.0
    for megabytes in MEGABYTES:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            endpoints = write_large(root, megabytes)
            taken_s = _command_s(root, bytecode)
            per_mb_s = per_mb_s or taken_s / megabytes
            yield Row(
                f"one spec of {megabytes:g} MB, the command", taken_s, "s", taken_s / megabytes / per_mb_s,
                f"{endpoints:,} endpoints; start included",
            )  # fmt: skip


def write_large(root: Path, megabytes: float) -> int:
    """Write a workspace with one spec of that size; return how many endpoints it has."""
    file = write(root, 1)[0]
    text = file.read_text("utf-8")
    start = text.index("## API Endpoints")
    start = text.index("### ", start)
    end = text.index("\n## ", start) + 1
    endpoints = text[start:end]
    times = round((megabytes * 1_000_000 - len(text)) / len(endpoints))
    more = [
        endpoints.replace("\n### ", f"\n### No {number} ")
        .replace("### ", f"### No {number} ", 1)
        .replace("path: /", f"path: /no{number}/")
        for number in range(times)
    ]
    whole = text[:end] + "".join(more) + text[end:]
    file.write_text(whole, "utf-8")
    return (times + 1) * endpoints.count("### ")


def write(root: Path, number: int) -> list[Path]:
    """Write a workspace with so many specs, each with an id and a service of its own."""
    (root / "specs").mkdir()
    (root / "intertie.toml").write_text("")
    related = "orders-data.md"
    (root / "specs" / related).write_text((SPECS / related).read_text("utf-8"))
    text = (SPECS / "payments.md").read_text("utf-8")
    files = []
    for index in range(number):
        path = root / "specs" / f"payments-{index}.md"
        own = text.replace("id: INT-001", f"id: INT-{1000 + index}").replace(
            "service: stripe", f"service: stripe-{index}"
        )
        path.write_text(own)
        files.append(path)
    return files


def _one_by_one(root: Path, files: list[Path]) -> float:
    workspace = Workspace(root)
    settings = load_settings(root, config=None, environ={}, flags={})

    def check(times: int) -> None:
        for _ in range(times):
            checker = Checker(files, workspace, settings, today=date(2026, 11, 24))
            result = checker.result(map(checker.file, files))
            assert len(result.files) == len(files)

    times = max(20 // len(files), 1)
    return cpu_us(check, times, rounds=5 if len(files) < NUMBERS[-1] else 1, warm_up=len(files) < NUMBERS[-1]) / 1000


def _command_s(root: Path, bytecode: Path) -> float:
    with all_processors():
        began_s = time.perf_counter()
        done = subprocess.run(
            [*COMMAND, "check", "--format", "concise", str(root)],
            env=environment(bytecode), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        assert done.returncode == 0
        return time.perf_counter() - began_s
