"""`intertie check --hints`: advice that is shown on request, and changes nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from intertie.cli.main import run as run_command
from support.spec_text import FRONT_MATTER, section

SERVICE = section("Service Configuration", "service:\n  name: test\n  base_url: https://api.test.example")
ENDPOINT = section(
    "API Endpoints\n### Ping", "endpoint: {path: /ping, method: GET}\nresponse: {success: {status: 204}}"
)
LIMITS = "rate_limits:\n  requests_per_second: 5\n  requests_per_minute: 400{}"
HINT = "TIE211"


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """A function that checks a spec of rate limits and returns exit status, output and messages."""
    monkeypatch.chdir(tmp_path)

    def run(*options: str, ending: str = "", lint: str = "") -> tuple[int, str, str]:
        Path("a.md").write_text(FRONT_MATTER + SERVICE + section("Rate Limits", LIMITS.format(ending)) + ENDPOINT)
        Path("intertie.toml").write_text(lint)
        status = run_command(["check", *options])
        return status, *capsys.readouterr()

    return run


@pytest.mark.parametrize("form", ["full", "concise", "json", "sarif", "github", "gitlab", "junit"])
def test_a_hint_appears_on_request_only(check, form):
    """Without `--hints` no form knows of it; with it every form does; the exit status is the same."""
    status, shown, _ = check("--format", form, "--strict")
    assert status == 0
    assert HINT not in shown
    status, shown, _ = check("--format", form, "--strict", "--hints")
    assert status == 0
    assert HINT in shown


def test_hidden_hints_are_counted(check):
    """The summary says how many there are and how to see them, in words and in JSON."""
    _, _, said = check()
    assert "no findings in 1 file; --hints shows 1 hint" in said
    _, document, _ = check("--format", "json")
    assert json.loads(document)["summary"]["hints"] == 1


def test_an_ignore_of_a_hidden_hint_is_not_unused(check):
    """Who ignores a hint may go on doing so, whether hints are shown or not."""
    ending = f"  # intertie: ignore[{HINT}] both are the vendor's"
    for options in ((), ("--hints",)):
        status, shown, said = check(*options, "--strict", ending=ending)
        assert (status, shown) == (0, "")
        assert "no findings in 1 file\n" in said


def test_the_configuration_makes_an_info_of_a_hint_and_a_hint_of_a_warning(check):
    """`[lint] severity` takes the fourth level as it takes the others."""
    _, shown, _ = check("--format", "concise", lint=f'[lint.severity]\n{HINT} = "info"\n')
    assert f"info {HINT}" in shown
    status, shown, _ = check(
        "--strict", ending="\nretry:\n  max_atempts: 3", lint='[lint.severity]\nunknown-key = "hint"\n'
    )
    assert (status, shown) == (0, "")
