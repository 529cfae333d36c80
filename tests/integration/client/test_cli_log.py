"""What calls log on the command line: the spec's level governs, `-v` and `-vv` show more; and the budget's mark."""

from __future__ import annotations

import logging

import pytest

LOGGING = (
    "\n## Monitoring & Observability\n```yaml\nmonitoring:\n  logging: {level: LEVEL, include_headers: HEADERS}\n```\n"
)


def declare(shell, level: str, *, headers: bool = False) -> None:
    path = shell.root / "specs" / "test.md"
    text = path.read_text("utf-8")
    path.write_text(text + LOGGING.replace("LEVEL", level).replace("HEADERS", str(headers).lower()), "utf-8")


def logged(said) -> list[str]:
    return [line for line in said.err.splitlines() if line.startswith(("DEBUG ", "INFO ", "WARNING ", "ERROR "))]


def call(shell, *before: str):
    return shell(*before, "call", "INT-001", "get_charge", "charge_id=1", "--base-url", shell.server.url)


@pytest.mark.parametrize("level", ["debug", "info"])
def test_the_declared_level_shows_successes(shell, level):
    """A declared `info` or `debug` shows one line a call on stderr; stdout stays the answer."""
    declare(shell, level)
    said = call(shell)
    assert said.status == 0
    assert len(logged(said)) == 1
    assert logged(said)[0].startswith("INFO get_charge: success 200")
    assert ("[deadline > " in said.err) is (level == "debug")
    assert "INFO" not in said.out


@pytest.mark.parametrize("level", ["warn", "error"])
def test_a_higher_level_shows_failures_alone(shell, level):
    """Nothing of a success, a line of a failure; `-v` shows the success too."""
    declare(shell, level)
    assert logged(call(shell)) == []
    assert [line.split()[0] for line in logged(call(shell, "-v"))] == ["INFO"]
    shell.service_is("down")
    assert [line.split()[0] for line in logged(call(shell))] == ["ERROR"]


def test_nothing_is_logged_where_nothing_is_declared(shell):
    """A spec that declares no level logs nothing here; `-v` shows calls, `-vv` what the guards decided."""
    assert logged(call(shell)) == []
    assert len(logged(call(shell, "-v"))) == 1
    (line,) = logged(call(shell, "-vv"))
    assert "> attempt >" in line


def test_a_spec_that_logs_headers_shows_them_masked(shell):
    """`include_headers` reaches the command line; a credential is masked, and no handler stays behind."""
    declare(shell, "info", headers=True)
    said = call(shell)
    assert [line for line in logged(said) if line.startswith("INFO request headers ")]
    assert logging.getLogger("intertie.test").handlers == []
    assert logging.getLogger("intertie.test").level == logging.NOTSET


def test_a_replay_logs_its_calls(shell):
    """The queue's calls are calls."""
    shell.service_is("down")
    shell.call("create_charge", "amount=12.50", "currency=EUR")
    shell.service_is("healthy")
    assert len(logged(shell("-v", "queue", "replay", "--base-url", shell.server.url))) == 1


def test_the_budgets_mark_is_shown(shell):
    """From `alert_at` on, the result, `status` and `report cost` warn; before it none does."""
    path = shell.root / "specs" / "test.md"
    path.write_text(path.read_text("utf-8").replace("alert_at: 80%", "alert_at: 2%"), "utf-8")
    sentence = "2 % or more of this month's budget of 1.00 EUR is used"
    first, second = call(shell), call(shell)
    assert f"warning: get_charge: {sentence}" not in first.err
    assert f"warning: get_charge: {sentence}" in second.err
    assert f"budget   warning: {sentence}" in shell("status", "--base-url", shell.server.url).out
    assert (
        shell("status", "--base-url", shell.server.url, "--format", "json").json["integrations"][0]["budget"]["alerted"]
        is True
    )
    assert "warning    past the mark of 2%" in shell("report", "cost").out
