"""A workspace with one spec, its mock, and the command line run in this process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from intertie.cli.main import run
from intertie.mockserver import MockServer, profile_of
from support.client_faces import spec_body
from support.spec_text import FRONT_MATTER

SECTIONS = {
    "Rate_Limits": "rate_limits: {requests_per_second: 50}",
    "Circuit_Breaker": "circuit_breaker: {enabled: true, failure_threshold: 3, timeout: 60}",
    "Retry_Policy": "retry: {max_attempts: 2, initial_delay: 1, max_delay: 1, backoff: fixed, jitter: false, retry_on: [503]}",
    "Cost_Management": """
costs:
  pricing_model: per_request
  currency: EUR
  tiers: [{name: all, cost: 0.01, unit: request}]
  budget: {monthly_limit: 1, alert_at: 80%, hard_stop: true}
""",
    "Error_Handling": """
error_mapping:
  - {external_code: card_declined, internal_code: PAYMENT_DECLINED, message: The card was declined., action: fail}
  - {external_code: 5xx, internal_code: DOWN, message: It is down., action: fallback}
fallback_behavior: {strategy: queue}
""",
    "Migration & Versioning": """
versioning: {strategy: header, header: Test-Version, current: "2", supported: ["1", "2"], deprecation_schedule: {"1": 2030-12-24}}
""",
}


@dataclass
class Said:
    """What one command line did."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> dict:
        return json.loads(self.out)


class Shell:
    """Runs command lines in the workspace; none may end in a traceback or in "has a bug"."""

    def __init__(self, root: Path, capsys, server: MockServer) -> None:
        self.root = root
        self.server = server
        self._capsys = capsys

    def service_is(self, profile: str) -> None:
        """Give the mock one of its built-in profiles: `healthy`, `down`."""
        self.server.engine.use_profile(profile)

    def answers(self, *steps: object) -> None:
        """Have the mock answer these first, then healthily."""
        self.server.engine.use_profile(profile_of({"responses": list(steps)}))

    def __call__(self, *arguments: str) -> Said:
        self._capsys.readouterr()
        status = run([str(argument) for argument in arguments])
        told = self._capsys.readouterr()
        assert "Traceback" not in told.err + told.out, told.err
        assert "has a bug" not in told.err, told.err
        return Said(status, told.out, told.err)

    @property
    def at_mock(self) -> tuple[str, str]:
        """The option that names the mock, and its state."""
        return "--base-url", self.server.url

    def call(self, operation: str, *arguments: str) -> Said:
        """`intertie call` against the mock."""
        return self("call", "INT-001", operation, *arguments, *self.at_mock)


@pytest.fixture
def shell(tmp_path, monkeypatch, capsys):
    """A shell in a fresh workspace with a healthy mock."""
    (tmp_path / "specs").mkdir()
    (tmp_path / "intertie.toml").write_text("")
    spec = tmp_path / "specs" / "test.md"
    spec.write_text(FRONT_MATTER + spec_body(**SECTIONS))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEST_API_KEY", "k-very-secret")
    monkeypatch.delenv("NO_COLOR", raising=False)
    server = MockServer(spec)
    with server:
        yield Shell(tmp_path, capsys, server)
