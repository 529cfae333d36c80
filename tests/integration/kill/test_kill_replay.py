"""The queue's worker, killed again and again in the middle of what it sends."""

from __future__ import annotations

import json
import os
import random
import time
from collections import Counter, defaultdict

import pytest

import intertie
from intertie.cli.main import run
from support.kill_workspace import Herd, make_workspace
from support.pace import PATIENCE_S
from support.witness import REFUSING, SLOW, UP, Witness

pytestmark = pytest.mark.kill


def listed(root, capfd) -> dict[str, dict]:
    capfd.readouterr()
    assert run(["--workspace", str(root), "queue", "list", "--all", "--format", "json"]) == 0
    return {item["receipt"]: item for item in json.loads(capfd.readouterr().out)["items"]}


def test_a_replay_killed_in_the_middle_loses_nothing_and_doubles_nothing(tmp_path, monkeypatch, capfd):
    """Forty `intertie queue replay` die while they send: keyed writes are done once, interrupted keyless ones are parked as unknown."""
    monkeypatch.setenv("WITNESS_SENDER", str(os.getpid()))
    rng = random.Random(40)
    with Witness(tmp_path / "seen") as witness:
        spec = make_workspace(tmp_path, witness.url)
        witness.mode = REFUSING
        time.sleep(0.1)
        operations: dict[str, str] = {}
        markers: dict[str, str] = {}
        with intertie.open(spec) as api:
            for number in range(240):
                operation = ("pay", "note")[number % 2]
                receipt = api.operation(operation).call({"marker": f"m{number}"}).receipt
                operations[receipt], markers[receipt] = operation, f"m{number}"
        assert len(operations) == 240
        assert witness.seen() == []

        def life(name: str) -> None:
            del name
            while True:
                run(["--workspace", str(tmp_path), "queue", "replay"])
                time.sleep(0.02)

        herd = Herd(life, rng)
        try:
            while herd.kills < 40:
                herd.grow(3)
                witness.mode = rng.choice([UP, SLOW, SLOW])
                time.sleep(rng.uniform(0.1, 0.35))
                herd.kill(rng.randint(1, 3))
        finally:
            herd.end()
        witness.mode = UP
        with intertie.open(spec) as api:
            # The breaker may be open still, or wait for the end of a probe whose prober was killed.
            end_s = time.monotonic() + PATIENCE_S
            while (stopped := api.replay_queue().stopped) is not None and time.monotonic() < end_s:
                time.sleep(0.05)
        assert stopped is None
        seen = witness.seen()
    items = listed(tmp_path, capfd)
    assert set(items) == set(operations)
    effects = Counter(request.marker for request in seen if request.what == "effect")
    keys = defaultdict(set)
    for request in seen:
        keys[request.marker].add(request.key)
    unknown = 0
    for receipt, item in items.items():
        marker, operation = markers[receipt], operations[receipt]
        assert len(keys[marker]) <= 1, "one call under two keys"
        if operation == "pay":
            assert (item["state"], effects[marker]) == ("done", 1), item
        else:
            assert effects[marker] <= 1, item
            assert item["state"] in {"done", "parked"}, item
            if item["state"] == "parked":
                unknown += 1
                assert "unknown" in item["reason"]
            else:
                assert effects[marker] == 1
    assert unknown > 0, "nobody was killed while it sent a keyless write"
    assert any(request.what == "replay" for request in seen), "nobody was killed between an answer and its record"
