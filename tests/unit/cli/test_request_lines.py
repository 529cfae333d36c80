"""The line of each request that `intertie mock` prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from intertie.cli.context import CliContext
from intertie.cli.request_lines import RequestLines
from intertie.core.clock import BlockingClock
from intertie.mockserver import MockEngine, profile_of
from intertie.mockserver.messages import MockRequest
from intertie.mockserver.received import Received
from intertie.mockserver.spec_files import plan_of_file
from support.real_servers import ROOT

KEY = ("Authorization", "Bearer sk_hush")


@pytest.fixture
def mock(monkeypatch: pytest.MonkeyPatch) -> tuple[MockEngine, list[Received]]:
    """The mock of the payments example, and what it says of each request; the person stands in `examples`."""
    monkeypatch.chdir(ROOT / "examples")
    seen: list[Received] = []
    plan = plan_of_file(ROOT / "examples/specs/payments.md")
    return MockEngine(plan, clock=BlockingClock(), latency=False, on_received=seen.append), seen


def line(engine: MockEngine, seen: list[Received]) -> str:
    lines = RequestLines(engine.plan, ROOT / "examples", CliContext(color=False), named=False)
    (only,) = lines.lines(seen[-1])
    return only.partition(" ")[2]


def test_an_answer_has_method_path_operation_and_status(mock: tuple[MockEngine, list[Received]]) -> None:
    """A plain answer is said in one line, its secrets masked."""
    engine, seen = mock
    engine.handle(MockRequest.of("GET", "/v1/charges?limit=2&token=hush", [KEY]))
    assert line(engine, seen) == "GET /v1/charges?limit=2&token=•••• list_charges 200"


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (MockRequest.of("GET", "/v1/charges"), "list_charges 401: no credential in header Authorization (specs/"),
        (MockRequest.of("GET", "/nothing"), "GET /nothing 404: no endpoint of specs/payments.md has this path"),
        (MockRequest.of("PUT", "/v1/charges"), "PUT /v1/charges 405: PUT is not declared for this path"),
        (MockRequest.of("GET", "/v1/charges?limit=ten", [KEY]), "400: query parameter `limit` breaks type integer"),
        (MockRequest.of("GET", "/\x1b[2Jx\n"), r"GET /\x1b[2Jx\n 404: "),
    ],
)
def test_a_refusal_has_its_reason(mock: tuple[MockEngine, list[Received]], request_: MockRequest, said: str) -> None:
    """Each refusal says what was wrong, and nothing of it can move the cursor."""
    engine, seen = mock
    engine.handle(request_)
    assert said in line(engine, seen)
    assert "hush" not in line(engine, seen)


def test_a_limit_says_which_one_and_when_it_ends(mock: tuple[MockEngine, list[Received]]) -> None:
    """A 429 names the limit, its place, and the seconds until the next turn."""
    engine, seen = mock
    while not seen or seen[-1].status != 429:
        engine.handle(MockRequest.of("GET", "/v1/charges", [KEY]))
        assert len(seen) < 100
    assert "429: the bucket of 10 requests is empty" in line(engine, seen)
    assert line(engine, seen).endswith("free again in 1 s")


def test_a_fault_names_its_profile(mock: tuple[MockEngine, list[Received]]) -> None:
    """What the profile makes is said to be the profile's."""
    engine, seen = mock
    engine.use_profile("down")
    engine.handle(MockRequest.of("GET", "/v1/charges", [KEY]))
    assert line(engine, seen).endswith("503: profile down answers so")
    engine.use_profile(profile_of({"responses": [{"fault": "before_headers"}]}))
    engine.handle(MockRequest.of("GET", "/v1/charges", [KEY]))
    assert "cuts the connection before the answer" in line(engine, seen)


def test_a_folder_elsewhere_sees_its_own_paths(
    mock: tuple[MockEngine, list[Received]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The spec's place is shown as it is seen from where the person stands."""
    engine, seen = mock
    engine.handle(MockRequest.of("GET", "/v1/charges"))
    monkeypatch.chdir(Path(ROOT / "examples/specs"))
    assert "(payments.md:" in line(engine, seen)
