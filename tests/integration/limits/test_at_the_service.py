"""Limits where they are meant: at the service, by when requests arrive there, beside whatever else the machine does.

make test-busy ONLY=tests/integration/limits/test_at_the_service.py TIMES=50
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.counted_service import counting, start, surely_aligned, surely_within
from support.limited_client import SPEC
from support.pace import PATIENCE_S

LIMIT, WINDOW_S = 25, 0.5
CALLS = 80
"""Of all processes together: the window is full three times, and begun once more."""


@pytest.mark.parametrize(
    ("state", "way", "processes", "strategy"),
    [
        ("memory://", "tasks", 1, "sliding_window"),
        ("memory://", "uvloop", 1, "token_bucket"),
        ("memory://", "threads", 1, "fixed_window"),
        ("sqlite:///state.db", "tasks", 1, "sliding_window"),
        ("sqlite:///state.db", "threads", 1, "sliding_window"),
        ("sqlite:///state.db", "tasks", 2, "sliding_window"),
    ],
)
def test_in_no_window_more_than_the_limit_arrive(
    state: str, way: str, processes: int, strategy: str, tmp_path: Path
) -> None:
    """Clients that call as fast as they may never pass the limit within exactly its window, and every call succeeds."""
    (tmp_path / "intertie.toml").write_text("")
    (tmp_path / "counted.md").write_text(SPEC.replace("STRATEGY", strategy))
    with counting() as service:
        clients = [
            start("support.limited_client", tmp_path, service.url, state, way, CALLS // processes)
            for _ in range(processes)
        ]
        assert [client.stdout.readline() for client in clients] == ["ready\n"] * processes
        for client in clients:
            client.stdin.write("go\n")
            client.stdin.flush()
        told = [json.loads(client.communicate(timeout=PATIENCE_S)[0]) for client in clients]
    assert [attempts for one in told for attempts in one] == [1] * CALLS
    assert len(service.arrivals) == CALLS
    counted = surely_aligned if strategy == "fixed_window" else surely_within
    assert counted(service.arrivals, WINDOW_S) <= LIMIT
