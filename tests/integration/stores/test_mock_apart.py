"""What happens at a mock stays there: real processes, one state folder, the spec's own URL untouched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from intertie.mockserver import MockServer
from support.client_faces import spec_body
from support.spec_text import FRONT_MATTER

SRC = Path(__file__).parents[3] / "src"
GIVEN = ("amount=12.50", "currency=EUR")
GUARDED = {
    "Rate_Limits": "rate_limits: {requests_per_hour: 50}",
    "Circuit_Breaker": "circuit_breaker: {enabled: true, failure_threshold: 3, timeout: 60}",
    "Retry_Policy": "retry: {max_attempts: 1}",
    "Cost_Management": """
costs:
  pricing_model: per_request
  currency: EUR
  tiers: [{name: all, cost: 0.01, unit: request}]
  budget: {monthly_limit: 0.03, alert_at: 80%, hard_stop: true}
""",
}
ERRORS = """
error_mapping: [{{external_code: 5xx, internal_code: DOWN, message: It is down., action: fallback}}]
fallback_behavior: {{strategy: {}, cache_ttl: 3600}}
"""


@dataclass
class Workspace:
    """A folder with a spec whose own URL is nobody's, and a mock of it."""

    root: Path
    server: MockServer

    def run(self, *arguments: str, status: int = 0) -> dict:
        """Run a command in a process of its own, and return its JSON."""
        done = subprocess.run(
            [sys.executable, "-m", "intertie", *arguments, "--format", "json"],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(SRC), "TEST_API_KEY": "k-very-secret"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == status, done.stderr
        return json.loads(done.stdout)

    def say(self, *arguments: str) -> None:
        """Run a command that has no JSON to print."""
        environ = {**os.environ, "PYTHONPATH": str(SRC), "TEST_API_KEY": "k-very-secret"}
        subprocess.run(
            [sys.executable, "-m", "intertie", *arguments], cwd=self.root, env=environ, check=True, timeout=60
        )

    @property
    def at_mock(self) -> tuple[str, str]:
        return "--base-url", self.server.url

    def received(self) -> int:
        return len(self.server.engine.received.newest())


@pytest.fixture(params=["queue", "cache"])
def strategy(request) -> str:
    return request.param


@pytest.fixture
def workspace(tmp_path, strategy):
    (tmp_path / "intertie.toml").write_text("")
    spec = tmp_path / "test.md"
    spec.write_text(FRONT_MATTER + spec_body(**GUARDED, Error_Handling=ERRORS.format(strategy)))
    server = MockServer(spec)
    with server:
        yield Workspace(tmp_path, server)


@pytest.mark.parametrize("strategy", ["queue"], indirect=True)
def test_a_charge_that_was_queued_at_a_mock_is_never_sent_to_the_service(workspace):
    """The spec's own URL claims nothing of it, counts nothing of it, and the mock gets it in the end; the reverse too."""
    workspace.run("call", "INT-001", "get_charge", "charge_id=1", *workspace.at_mock)
    workspace.server.engine.use_profile("down")
    receipt = workspace.run("call", "INT-001", "create_charge", *GIVEN, *workspace.at_mock)["receipt"]
    workspace.say("breaker", "open", "INT-001")
    own = workspace.run("call", "INT-001", "create_charge", *GIVEN)["receipt"]
    workspace.server.engine.use_profile("healthy")
    before = workspace.received()

    replayed = workspace.run("queue", "replay", "INT-001", status=1)
    (report,) = replayed["replayed"]
    assert (report["origin"], report["sent"], report["put_back"]) == ("", [], own)
    (left,) = replayed["elsewhere"]
    assert left == {"integration": "INT-001", "environment": "default", "origin": workspace.server.url, "items": 1}
    assert workspace.received() == before

    (now,) = workspace.run("status", "INT-001")["integrations"]
    assert (now["origin"], now["queue"]) == ("", {"pending": 1})
    assert (now["budget"]["calls"], now["budget"]["amount"]["amount"]) == (0, "0.00")
    assert now["limiter"]["windows"][0]["used"] == 0
    assert [other["origin"] for other in now["elsewhere"]] == [workspace.server.url]
    (there,) = workspace.run("status", "INT-001", *workspace.at_mock)["integrations"]
    assert (there["queue"], there["budget"]["calls"], there["limiter"]["windows"][0]["used"]) == ({"pending": 1}, 2, 2)

    sent = workspace.run("queue", "replay", "INT-001", *workspace.at_mock)
    assert [report["sent"] for report in sent["replayed"]] == [[receipt]]
    assert [left["origin"] for left in sent["elsewhere"]] == [""]
    assert workspace.received() == before + 1
    items = workspace.run("queue", "list", "INT-001")["items"]
    assert [(item["receipt"], item["origin"], item["state"]) for item in items] == [(own, "", "pending")]


@pytest.mark.parametrize("strategy", ["cache"], indirect=True)
def test_an_answer_of_a_mock_is_never_served_for_the_services(workspace):
    """The mock's last good answer is found at the mock alone, and a budget that is used up there stops nobody here."""
    for _ in range(3):
        workspace.run("call", "INT-001", "get_charge", "charge_id=1", *workspace.at_mock)
    refused = workspace.run("call", "INT-001", "get_charge", "charge_id=2", *workspace.at_mock, status=1)
    assert refused["error"]["type"] == "BudgetExceeded"
    for place in ((), workspace.at_mock):
        workspace.say("breaker", "open", "INT-001", *place)
    own = workspace.run("call", "INT-001", "get_charge", "charge_id=1", status=1)
    assert own["error"]["type"] == "CircuitOpen"
    there = workspace.run("call", "INT-001", "get_charge", "charge_id=1", *workspace.at_mock)
    assert (there["fallback"], there["stale"]) == ("cache", True)

    lines = workspace.run("report", "cost", "INT-001")["integrations"]
    assert [(line["origin"], line["calls"]) for line in lines if line["calls"]] == [(workspace.server.url, 3)]
    calls = workspace.run("report", "calls", "INT-001")["calls"]
    assert {(call["origin"], call["outcome"]) for call in calls if call["origin"] == ""} == {("", "rejected")}
