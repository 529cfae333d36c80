"""A whole guarded call over loopback, as it is used: by one caller and by many, in tasks, threads and two processes.

Every client has processes of its own. The clients of one load are measured in turns, round by round, so that whatever else
the machine does falls on all of them; a figure is the median of the rounds.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import clients
from callers import Callers
from clients import BARE, FLOOR, MEMORY, PEER, SLOW_PEER, SQLITE
from measuring import Goal, Missing, server

ROUND_S = 0.16
"""CPU of one client in a round, about."""
FEWEST = 4
"""Calls of each caller in a round, at least."""


class Load(NamedTuple):
    """How calls are made: `running` is a loop or `threads`, `callers` are in each of `processes`."""

    running: str
    callers: int
    processes: int = 1

    def __str__(self) -> str:
        if self.running == "threads":
            return f"{self.callers} threads"
        tasks = "1 task" if self.callers == 1 else f"{self.callers} tasks"
        return f"{f'{self.processes} x ' if self.processes > 1 else ''}{tasks}, {self.running}"


LOADS = (
    *(Load(loop, tasks) for loop in ("uvloop", "asyncio") for tasks in (1, 10, 50, 200)),
    Load("threads", 8),
    Load("threads", 32),
    Load("uvloop", 50, processes=2),
)
QUICK_LOADS = (Load("uvloop", 1), Load("uvloop", 50), Load("threads", 8))


class CallRow(NamedTuple):
    """CPU of the client for one call under a load, beside the floor and the peer under the same.

    Attributes:
        us: Microseconds, of all the load's processes together.
        to_floor: Multiple of the floor's; None where the floor is not measured.
        to_peer: Multiple of the peer's: aiohttp with its stack, in threads httpx2 with it.
    """

    load: str
    client: str
    us: float
    to_floor: float | None
    to_peer: float | None
    goals: tuple[Goal, ...]

    def __str__(self) -> str:
        floor = "" if self.to_floor is None else f"{self.to_floor:.2f} x floor"
        peer = "" if self.to_peer is None else f"{self.to_peer:.2f} x peer"
        said = "; ".join(map(str, self.goals))
        return f"  {self.load:<21}{self.client:<37}{self.us:>9,.1f} µs{floor:>14}{peer:>13}  {said}".rstrip()


def measure(*, quick: bool = False) -> Iterator[CallRow | Missing]:
    with server() as port, tempfile.TemporaryDirectory() as folder:
        loads = QUICK_LOADS if quick else LOADS
        for running in dict.fromkeys(load.running for load in loads):
            with ExitStack() as opened:
                started = _Started(running, port, Path(folder) / running, opened)
                for load in loads:
                    if load.running == running:
                        yield from _under(load, started, rounds=3 if quick else 5, quick=quick)


class _Started:
    """The processes of one way of running; each client's are started when first needed, and kept."""

    def __init__(self, running: str, port: int, folder: Path, opened: ExitStack) -> None:
        self._running, self._port, self._folder, self._opened = running, port, folder, opened
        self._ready: dict[str, list[Callers]] = {}
        self.missing: dict[str, str] = {}

    def of(self, client: str, processes: int) -> list[Callers]:
        """Return the processes of a client; none where it can't run here."""
        ready = self._ready.setdefault(client, [])
        while len(ready) < processes and client not in self.missing:
            # Processes of one client share its folder: its state, where that is SQLite.
            folder = self._folder / str(list(self._ready).index(client))
            process = Callers(self._running, client, self._port, folder)
            self._opened.callback(process.close)
            absent = process.missing()
            if absent is None:
                ready.append(process)
            else:
                self.missing[client] = absent
        return ready[:processes]


def _under(load: Load, started: _Started, *, rounds: int, quick: bool) -> Iterator[CallRow | Missing]:
    known = clients.BLOCKING if load.running == "threads" else clients.ASKING
    wanted = [
        client
        for client in known
        if (client != BARE or load.callers == 1) and (client != SLOW_PEER or load.running == "threads" or not quick)
    ]
    ready = {client: started.of(client, load.processes) for client in wanted}
    calls = {client: _calls(load, processes) for client, processes in ready.items() if processes}
    taken: dict[str, list[float]] = {client: [] for client in calls}
    for _ in range(rounds):
        for client, number in calls.items():
            taken[client].append(_round(load, ready[client], number))
    figures = {client: statistics.median(each) for client, each in taken.items()}
    peer = figures.get(PEER) or figures.get(SLOW_PEER)
    floor = figures.get(FLOOR)
    for client in wanted:
        if client not in figures:
            yield Missing(f"{load}, {client}", f"{started.missing[client]} is not installed (requirements/bench.txt)")
            continue
        us = figures[client]
        yield CallRow(
            str(load),
            client,
            us,
            None if floor is None or client == BARE else us / floor,
            None if peer is None or client == BARE else us / peer,
            tuple(_goals(load, client, figures)),
        )


def _round(load: Load, processes: list[Callers], calls: int) -> float:
    for process in processes:
        process.begin(load.callers, calls)
    return sum(process.cpu_s() for process in processes) / (calls * len(processes)) * 1e6


def _calls(load: Load, processes: list[Callers]) -> int:
    """Warm up; return how many calls of each process make a round."""
    _round(load, processes, load.callers * FEWEST)
    per_call_us = _round(load, processes, load.callers * FEWEST)
    each = ROUND_S * 1e6 / per_call_us / load.callers / len(processes)
    return load.callers * max(round(each), FEWEST)


def _goals(load: Load, client: str, figures: dict[str, float]) -> Iterator[Goal]:
    us = figures[client]
    if client.startswith(SQLITE):
        above_us = us - figures[client.replace(SQLITE, MEMORY)]
        yield Goal(f"{above_us:+.1f} µs to memory, at most 10", above_us <= 10)
    if client.startswith(SQLITE) and load.callers == 50 and load.processes == 1 and PEER in figures:
        cheaper = figures[PEER] / us
        yield Goal(f"{cheaper:.2f} x cheaper than the peer, at least 2.2", cheaper >= 2.2)
    if client.startswith((SQLITE, MEMORY)) and BARE in figures:
        above_us = us - figures[BARE]
        yield Goal(f"{above_us:+.1f} µs to a bare exchange, at most 60", above_us <= 60)
