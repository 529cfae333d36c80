"""An error in the spec itself stops whatever runs it; an error around the spec is a warning."""

from __future__ import annotations

import logging
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import intertie
from intertie.app.passed_texts import FILE_NAME, MOST, PassedTexts
from intertie.app.workbench import open_workbench
from intertie.cli.main import run
from intertie.core.errors import UsageError
from intertie.diagnostics import Severity, SpecError
from intertie.lint.registry import RULES
from intertie.lint.rule import rule
from intertie.mockserver.spec_files import plan_of_file
from intertie.runtime.mapping.registered import register_transform, unregister_transform

SPEC = """\
---
id: INT-007
type: Integration
name: Parcels
status: review
service: parcels
{front}
---
# Parcels

## Service Configuration
```yaml
service:
  name: parcels
  base_url: http://127.0.0.1:8461
{service}
```

## API Endpoints

### Get Rate
```yaml
endpoint: {{path: /rates, method: GET}}
response: {{success: {{status: 200, content_type: application/json, schema: {{type: object}}}}}}
```

{sections}
"""

TWICE = """
## Data Mappings
```yaml
inbound:
  - {external_field: a, internal_field: x, required: true}
  - {external_field: b, internal_field: x, required: true}
```
"""
"""TIE401: two rows write one field."""
ENDED = """
## Migration & Versioning
```yaml
versioning:
  strategy: header
  header: X-Version
  current: v2
  supported: [v1, v2]
  deprecation_schedule: {v1: 2020-06-30}
```
"""
"""TIE508: a version has ended."""


def write(folder: Path, *, sections: str = "", front: str = "", service: str = "", name: str = "parcels.md") -> Path:
    path = folder / "specs" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(SPEC.format(sections=sections, front=front, service=service), "utf-8")
    if not (folder / "intertie.toml").exists():
        (folder / "intertie.toml").write_text("", "utf-8")
    return path


class At:
    """A clock that stands."""

    def __init__(self, year: int) -> None:
        self.year = year

    def utc_now(self) -> datetime:
        return datetime(self.year, 1, 1, tzinfo=UTC)


def test_every_rule_that_gives_errors_says_what_it_judges():
    """A rule of the date, of neighbours or of cases judges the surroundings; one that asks for them does."""
    errors = [rule for rule in RULES if rule.severity == "error"]
    around = {rule.name for rule in errors if rule.judges == "surroundings" and rule.group != "cases"}
    assert around == {
        "related-missing", "case-outside-workspace", "case-suffix", "precondition-cited", "unknown-environment",
        "unset-variable", "compiler-bug", "rule-crashed", "duplicate-id", "version-ended",
    }  # fmt: skip
    assert all(rule.judges == "surroundings" for rule in RULES if {"around", "case"} & set(rule.takes))


def test_an_error_of_a_rule_stops_the_plan(tmp_path):
    """What only a rule finds stops like what the parser finds, and names its place."""
    path = write(tmp_path, sections=TWICE)
    with pytest.raises(SpecError, match="TIE401") as caught:
        open_workbench(path).plan(path)
    assert caught.value.sources
    with pytest.raises(SpecError, match="TIE401"):
        intertie.open(path)
    with pytest.raises(SpecError, match="TIE401"):
        intertie.open_async(path)
    with pytest.raises(SpecError, match="TIE401"):
        plan_of_file(path)


@pytest.mark.parametrize(
    "arguments",
    [
        ["plan", "{}"], ["call", "{}", "get_rate"], ["mock", "{}"], ["status", "{}"],
        ["generate", "{}", "--target", "openapi"], ["limiter", "pause", "{}"], ["breaker", "open", "{}"],
    ],
    ids=lambda arguments: arguments[0],
)  # fmt: skip
def test_an_error_of_a_rule_stops_every_command(tmp_path, arguments, capsys):
    """Each command that runs a spec refuses one with an error of its own, shows it, and exits with 1."""
    path = write(tmp_path, sections=TWICE)
    assert run([argument.format(path) for argument in arguments]) == 1
    assert "TIE401" in capsys.readouterr().err


def test_an_error_around_the_spec_is_a_warning(tmp_path, caplog):
    """A version that has ended, an id that is taken and a related spec that is missing warn once, and the plan stands."""
    write(tmp_path, name="other.md")
    path = write(tmp_path, sections=ENDED, front="related: [DATA-404]")
    with caplog.at_level(logging.WARNING, logger="intertie"):
        bench = open_workbench(path)
        assert bench.plan(path).id == "INT-007"
        bench.plan(path)
    said = [record.getMessage() for record in caplog.records]
    assert sorted(code for line in said for code in ("TIE044", "TIE105", "TIE508") if code in line) == [
        "TIE044",
        "TIE105",
        "TIE508",
    ]


def test_the_command_line_shows_an_error_around_the_spec_as_a_warning(tmp_path, capsys):
    """`plan` prints one warning line on stderr and exits with 0; `check` fails."""
    path = write(tmp_path, sections=ENDED)
    assert run(["plan", str(path)]) == 0
    said = capsys.readouterr().err.splitlines()
    assert [line for line in said if line.startswith("Warning: ") and "TIE508" in line]
    assert run(["check", str(path)]) == 1


def test_the_day_of_the_clock_judges_the_end_of_a_version(tmp_path):
    """Before its last day a version is no matter."""
    path = write(tmp_path, sections=ENDED)
    bench = open_workbench(path)
    warned: list[str] = []
    replace(bench, clock=At(2020), warn=warned.append).plan(path)
    assert warned == []
    replace(bench, clock=At(2021), warn=warned.append).plan(path)
    assert len(warned) == 1


def test_what_the_configuration_ignores_stops_nothing(tmp_path):
    """`[lint]` that ignores or lowers an error opens the way; one that raises a warning closes it."""
    path = write(tmp_path, sections=TWICE)
    toml = tmp_path / "intertie.toml"
    for text in ('[lint]\nignore = ["TIE401"]\n', '[lint.severity]\nTIE401 = "warning"\n'):
        toml.write_text(text, "utf-8")
        assert open_workbench(path).plan(path)
    fine = write(tmp_path, service="timeouts: {connect: 1000, read: 5000, total: 2000}", name="fine.md")
    (tmp_path / "specs" / "parcels.md").unlink()
    toml.write_text("", "utf-8")
    assert open_workbench(fine).plan(fine)
    toml.write_text('[lint.severity]\nTIE110 = "error"\n', "utf-8")
    with pytest.raises(SpecError, match="TIE110"):
        open_workbench(fine).plan(fine)


def test_an_ignore_whose_day_is_over_stops_nothing_overnight(tmp_path):
    """An error that a lapsed comment ignored fails `check`, and is a warning to who runs the spec."""
    ignored = TWICE.replace(
        "  - {external_field: b",
        "  # intertie: ignore[TIE401] both are the same until 2021-01-01\n  - {external_field: b",
    )
    path = write(tmp_path, sections=ignored)
    warned: list[str] = []
    assert open_workbench(path, warn=warned.append).plan(path)
    assert len(warned) == 1
    assert "TIE401" in warned[0]
    assert run(["check", str(path)]) == 1


def test_a_mistake_in_the_lint_table_is_a_warning(tmp_path):
    """A rule that is not there, in `[lint]`, ends `check`; who runs the spec hears of it."""
    path = write(tmp_path)
    (tmp_path / "intertie.toml").write_text('[lint]\nignore = ["no-such-rule"]\n', "utf-8")
    warned: list[str] = []
    assert open_workbench(path, warn=warned.append).plan(path)
    assert len(warned) == 1
    assert "no-such-rule" in warned[0]


def test_a_base_url_of_the_caller_stands_for_the_one_that_is_missing(tmp_path):
    """An error about the spec's own URL stops nobody who names another."""
    path = write(tmp_path)
    path.write_text(path.read_text("utf-8").replace("  base_url: http://127.0.0.1:8461\n", ""), "utf-8")
    bench = open_workbench(path)
    assert bench.plan(path, base_url="http://127.0.0.1:1").origin.port == 1
    with pytest.raises(SpecError, match="TIE051"):
        bench.plan(path)


# --- what has passed is remembered ---------------------------------------------------------------------------------


@pytest.fixture
def judged(monkeypatch):
    """Count how often a text is checked whole."""
    import intertie.lint.before_use as module

    calls: list[Path] = []
    real = module.judge_before_use

    def counting(path, *rest, **more):
        calls.append(path)
        return real(path, *rest, **more)

    monkeypatch.setattr(module, "judge_before_use", counting)
    return calls


def test_a_text_that_passed_is_not_checked_again(tmp_path, judged):
    """The rules run once for a text, also across processes where there is a state folder; every change is checked."""
    path = write(tmp_path)
    (tmp_path / ".intertie").mkdir()
    for _ in range(3):
        open_workbench(path).plan(path)
    assert len(judged) == 1
    assert (tmp_path / ".intertie" / FILE_NAME).stat().st_size == 65
    write(tmp_path, sections="## Notes of ours\nA word.")
    open_workbench(path).plan(path)
    assert len(judged) == 2
    (tmp_path / "intertie.toml").write_text('[lint]\nignore = ["TIE212"]\n', "utf-8")
    open_workbench(path).plan(path)
    assert len(judged) == 3


def test_a_text_is_checked_again_when_a_file_of_its_schemas_changes(tmp_path, judged):
    """A schema in another file is part of what was checked."""
    (tmp_path / ".intertie").mkdir()
    path = write(tmp_path)
    path.write_text(path.read_text("utf-8").replace("{type: object}", "{$ref: './rate.json'}"), "utf-8")
    (tmp_path / "specs" / "rate.json").write_text('{"type": "object"}', "utf-8")
    open_workbench(path).plan(path)
    open_workbench(path).plan(path)
    assert len(judged) == 1
    (tmp_path / "specs" / "rate.json").write_text('{"type": "object", "minProperties": 1}', "utf-8")
    open_workbench(path).plan(path)
    assert len(judged) == 2


def test_the_first_opening_is_remembered(tmp_path, judged):
    """What a call makes the state folder for comes too late for the check itself: it is written down after that."""
    path = write(tmp_path)
    intertie.open(path).close()
    assert len(judged) == 1
    intertie.open(path).close()
    assert len(judged) == 1


def test_what_the_application_registers_is_part_of_what_was_checked(tmp_path, judged):
    """A transform by the same name may take other values: the text is checked with what is there."""
    (tmp_path / ".intertie").mkdir()
    path = write(tmp_path)
    open_workbench(path).plan(path)
    register_transform("of_ours", str)
    try:
        open_workbench(path).plan(path)
        assert len(judged) == 2
    finally:
        unregister_transform("of_ours")
    open_workbench(path).plan(path)
    assert len(judged) == 2


def test_two_processes_remember_both(tmp_path):
    """Who writes takes along what another wrote meanwhile."""
    one, other = PassedTexts(tmp_path), PassedTexts(tmp_path)
    assert "a" * 64 not in one
    assert "b" * 64 not in other
    one.add("a" * 64)
    other.add("b" * 64)
    assert "a" * 64 in PassedTexts(tmp_path)
    assert "b" * 64 in PassedTexts(tmp_path)


def test_looking_leaves_nothing_behind(tmp_path, judged):
    """Where there is no state folder none is made; one workbench still asks the rules once."""
    path = write(tmp_path)
    bench = open_workbench(path)
    bench.plan(path)
    bench.plan(path)
    assert len(judged) == 1
    assert not (tmp_path / ".intertie").exists()


def test_errors_are_never_remembered(tmp_path, judged):
    """A text with an error of either kind is judged each time, so that a mend is seen at once."""
    (tmp_path / ".intertie").mkdir()
    path = write(tmp_path, sections=ENDED)
    open_workbench(path, warn=print).plan(path)
    open_workbench(path, warn=print).plan(path)
    assert len(judged) == 2


def test_a_memory_that_is_spoilt_is_no_memory(tmp_path):
    """Garbage, a folder in its place and a read-only folder mean that texts are checked; nothing fails."""
    file = tmp_path / FILE_NAME
    file.write_bytes(b"\xff\n" + b"a" * 64 + b"\nshort\n" + b"b" * 100_000)
    passed = PassedTexts(tmp_path)
    assert "a" * 64 in passed
    assert "short" not in passed
    for number in range(MOST + 10):
        passed.add(f"{number:064}")
    assert len(file.read_text("ascii").splitlines()) == MOST
    file.unlink()
    file.mkdir()
    passed = PassedTexts(tmp_path)
    passed.add("c" * 64)
    assert "c" * 64 in passed
    assert [entry.name for entry in tmp_path.iterdir()] == [FILE_NAME]


def test_a_memory_that_is_a_pipe_is_not_waited_for(tmp_path):
    """A named pipe in the file's place would hold every start until somebody writes into it."""
    os.mkfifo(tmp_path / FILE_NAME)
    assert "a" * 64 not in PassedTexts(tmp_path)


def test_a_document_of_another_type_is_no_spec(tmp_path):
    """The message is that of before: what can't be called is said first."""
    path = write(tmp_path)
    path.write_text(path.read_text("utf-8").replace("type: Integration", "type: Data"), "utf-8")
    with pytest.raises(UsageError, match="only integration specs"):
        open_workbench(path).plan(path)


def test_a_rule_that_gives_errors_must_say_what_it_judges():
    """Leaving it out is a mistake of who writes the rule, found when it is declared."""
    with pytest.raises(TypeError, match="judges="):
        rule(code="TIE999", severity=Severity.ERROR, since="0.1.0")(lambda spec: iter(()))


def test_what_was_kept_can_be_looked_at_whatever_the_spec_says(tmp_path, capsys):
    """A report of costs or of the queue runs nothing: an error of a rule does not stop it."""
    path = write(tmp_path, sections=TWICE)
    assert run(["report", "cost", str(path)]) == 0
    assert run(["queue", "list", str(path)]) == 0
    assert "TIE401" not in capsys.readouterr().err


def test_a_warning_about_a_spec_is_one_safe_line(tmp_path):
    """What a stranger wrote into a name or date reaches log and terminal as an escape."""
    path = write(tmp_path, front='related: ["DATA-\\u001b]0;404"]')
    warned: list[str] = []
    open_workbench(path, warn=warned.append).plan(path)
    assert len(warned) == 1
    assert warned[0].isprintable(), warned
