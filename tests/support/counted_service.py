"""A service that counts arrivals, and its clients, each in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from support.arrival_server import Arrival
from support.pace import PATIENCE_S

TESTS = Path(__file__).parents[1]


def start(module: str, *arguments: object) -> subprocess.Popen[str]:
    """Run a module of the tests in a process of its own."""
    path = os.pathsep.join([str(TESTS.parent / "src"), str(TESTS)])
    command = [sys.executable, "-m", module, *map(str, arguments)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": path}, stdin=pipe, stdout=pipe, text=True)


class Counting:
    """A running server; once its block ends, what arrived."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.arrivals: list[Arrival] = []


@contextmanager
def counting() -> Iterator[Counting]:
    """Serve until the block ends."""
    process = start("support.arrival_server")
    assert process.stdout is not None
    counts = Counting(int(process.stdout.readline()))
    try:
        yield counts
        told, _ = process.communicate("", timeout=PATIENCE_S)
        counts.arrivals = [Arrival(*pair) for pair in json.loads(told)]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def surely_aligned(arrivals: Sequence[Arrival], window_s: float) -> int:
    """Return how many came in one window of the clock, aligned to its multiples in UTC, whenever exactly they came."""
    ahead_s = _utc_ahead_s()
    windows: dict[int, int] = {}
    for arrival in arrivals:
        first, last = ((instant_s + ahead_s) // window_s for instant_s in arrival)
        if first == last:
            windows[int(first)] = windows.get(int(first), 0) + 1
    return max(windows.values(), default=0)


def _utc_ahead_s() -> float:
    """Return how far UTC is ahead of the clock of arrivals, read where the least came between the two readings."""
    readings = []
    for _ in range(100):
        before_s, utc_s, after_s = time.monotonic(), time.time(), time.monotonic()
        readings.append((after_s - before_s, utc_s - before_s))
    return min(readings)[1]


def surely_within(arrivals: Sequence[Arrival], window_s: float) -> int:
    """Return how many came within some span of `window_s`, whenever exactly each of them came.

    >>> surely_within([Arrival(0.0, 0.1), Arrival(0.5, 0.6), Arrival(0.9, 0.95)], 1.0)
    3
    >>> surely_within([Arrival(0.0, 0.1), Arrival(0.5, 0.6), Arrival(0.9, 1.05)], 1.0)
    2
    """
    most = 0
    for first in arrivals:
        # All that can't have come before the first, and were seen before its window was over.
        inside = [
            other for other in arrivals if other.since_s >= first.since_s and other.seen_s < first.since_s + window_s
        ]
        most = max(most, len(inside))
    return most
