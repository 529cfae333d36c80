"""What a plain success executes: bytecodes of Python in a call, by the part of the house that they belong to.

No other process disturbs this figure, so that it shows whether a change helped where times can't. It is no time: a call of a
compiled function is one step, however long it takes. Below the parts stand the functions that execute most.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any, Self

import ours
from exchanged import ORDER
from measuring import Row, server

import intertie

CALLS, WARM_UP = 50, 100
MOST_FUNCTIONS = 40
PARTS = {
    "adapters/http1": "transport",
    "adapters/stores": "stores",
    "runtime/policies": "guards",
    "runtime/wires": "requests and answers",
    "runtime/inputs": "requests and answers",
    "runtime/mapping": "requests and answers",
    "client": "client",
}
REST = "fused path, and the rest of the runtime"


class Counting:
    """Counts while it is in force, in this thread."""

    def __init__(self) -> None:
        self.parts: Counter[str] = Counter()
        self.functions: Counter[str] = Counter()
        self._source = str(Path(intertie.__file__).parent)

    def __enter__(self) -> Self:
        sys.settrace(self._enter)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)

    def _enter(self, frame: FrameType, _event: str, _detail: Any) -> Any:
        file = frame.f_code.co_filename
        if not file.startswith(self._source):
            return None
        place = file[len(self._source) + 1 :]
        part = next((name for folder, name in PARTS.items() if place.startswith(folder)), REST)
        function = f"{place.removesuffix('.py')} {frame.f_code.co_qualname.rpartition('<locals>.')[2]}"
        frame.f_trace_opcodes, frame.f_trace_lines = True, False

        def step(_frame: FrameType, event: str, _detail: Any) -> Any:
            if event == "opcode":
                self.parts[part] += 1
                self.functions[function] += 1
            return step

        return step


def measure() -> Iterator[Row]:
    with server() as port, tempfile.TemporaryDirectory() as folder:
        for name, counted in (
            ("asyncio", asyncio.run(_asyncio(port, Path(folder)))),
            ("blocking", _blocking(port, Path(folder))),
        ):
            total = sum(counted.parts.values())
            yield Row(f"{name}, a whole call", total / CALLS, "bytecodes")
            for part, steps in counted.parts.most_common():
                yield Row(f"… {part}", steps / CALLS, "bytecodes", steps / total)
            for function, steps in counted.functions.most_common(MOST_FUNCTIONS):
                yield Row("… …", steps / CALLS, "bytecodes", steps / total, note=function)


async def _asyncio(port: int, folder: Path) -> Counting:
    async with ours.open_asyncio(folder, port, "memory://") as bench:

        async def repeat(times: int) -> None:
            for _ in range(times):
                await bench.create_order(**ORDER)

        await repeat(WARM_UP)
        with Counting() as counting:
            await asyncio.create_task(repeat(CALLS))  # a frame that has begun is not counted
    return counting


def _blocking(port: int, folder: Path) -> Counting:
    with ours.open_blocking(folder, port, "memory://") as bench:
        for _ in range(WARM_UP):
            bench.create_order(**ORDER)
        with Counting() as counting:
            for _ in range(CALLS):
                bench.create_order(**ORDER)
    return counting
