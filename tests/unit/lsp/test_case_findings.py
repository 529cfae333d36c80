"""What is wrong in case files, as the editor shows it."""

from __future__ import annotations

import pytest

from intertie.compiler import load_settings
from intertie.lint.checking import check_paths
from intertie.lsp.features.actions import actions
from intertie.lsp.features.findings import findings
from intertie.spec.workspace import Workspace
from intertie.testing.virtual_time import VirtualClock
from support.lsp_desk import Bench

CASE = """\
id: TC-009
name: a-case
type: TestCase
spec: INT-001
preconditions: []
steps:
  - step: 1
    call: create_charge
    input: {amount: "1", currency: EUR}
"""


@pytest.mark.parametrize("name", ["TC-001", "TC-002", "SC-001"])
def test_cases_that_are_right_are_silent(bench: Bench, name: str) -> None:
    """The examples' cases, and one that is not listed anywhere, have no findings."""
    folder = "scenario-cases" if name.startswith("SC") else "test-cases"
    text = (bench.root / folder / f"{name}.yaml").read_text("utf-8")
    assert findings(bench.put(text, f"{folder}/{name}.yaml")) == ()
    assert findings(bench.put(CASE, "test-cases/TC-009.yaml")) == ()


@pytest.mark.parametrize(
    ("change", "instead_of", "name", "message", "help_"),
    [
        ("spec: INT-404", "spec: INT-001", "related-missing", "there is no spec `INT-404` in the workspace", "check"),
        ("[/precondition-cases/PC-404.yaml]", "[]", "missing-case-file", "`/precondition-cases/PC-404.yaml` is not there", "write"),
        ("related: [TC-404]\nsteps:", "steps:", "missing-case-file", "`TC-404` is not there", "remove it"),
        ("call: create_chrage", "call: create_charge", "unknown-endpoint", "specs/payments.md has no operation `create_chrage`", "did you mean `create_charge`?"),
        ("call: frobnicate", "call: create_charge", "unknown-endpoint", "no operation `frobnicate`", "its operations: create_charge, get_charge"),
        ("steps: {", "steps:", "yaml-syntax", "", ""),
        ("name: b\nname: a-case", "name: a-case", "duplicate-key", "`name`", ""),
    ],
)  # fmt: skip
def test_what_leads_nowhere_is_told(
    bench: Bench, change: str, instead_of: str, name: str, message: str, help_: str
) -> None:
    """A spec, a case or an operation that is not there, and YAML that can't be read: at their places."""
    page = bench.put(CASE.replace(instead_of, change, 1), "test-cases/TC-009.yaml")
    found = findings(page)
    assert name in {each.name for each in found}
    [first, *_] = [each for each in found if each.name == name]
    assert message in first.message
    assert help_ in (first.help or "")
    assert first.span.path == "test-cases/TC-009.yaml"


def test_a_near_operation_is_a_mend(bench: Bench) -> None:
    """The name that was meant is offered on its line."""
    page = bench.put(CASE.replace("create_charge", "create_chrage"), "test-cases/TC-009.yaml")
    [action] = actions(page, 8, 8)
    assert action.title == "write create_charge (TIE066)"
    assert [edit.replacement for edit in action.edits] == ["create_charge"]


def test_an_unsaved_spec_is_what_its_cases_are_judged_by(bench: Bench) -> None:
    """An endpoint that is renamed in the open spec is unknown to the open case from then on."""
    case = bench.put(CASE, "test-cases/TC-009.yaml")
    assert findings(case) == ()
    spec = bench.put(bench.payments.replace("### Create Charge", "### Make Charge"))
    [case] = bench.desk.turn_cases(spec)
    assert [each.name for each in findings(case)] == ["unknown-endpoint"]


def test_words_that_look_like_ids_are_words(bench: Bench) -> None:
    """An id in a free text, a tag or an input leads nowhere and needs to lead nowhere; a filled-in call is not judged."""
    text = (
        CASE.replace("name: a-case", "name: a-case\ntags: [TC-404, ABC-9]\nnotes: INT-404")
        + "inputs: {a: INT-404, which: get_charge}\n"
    )
    text = text.replace("call: create_charge", 'call: "{{ which }}"')
    assert findings(bench.put(text, "test-cases/TC-009.yaml")) == ()


def test_a_case_that_ends_otherwise_is_told_to_be_renamed(bench: Bench) -> None:
    """A `.yml` is not read, and says so in its first line."""
    [found] = findings(bench.put(CASE, "test-cases/TC-009.yml"))
    assert (found.name, found.span.line) == ("case-suffix", 1)
    assert found.help == "rename it to `TC-009.yaml`"
    assert findings(bench.put(CASE, "test-cases/other.yml")) == ()


def test_the_configuration_holds_for_cases(bench: Bench) -> None:
    """What `[lint]` ignores is silent in cases too, and without a configuration only YAML is judged."""
    text = CASE.replace("create_charge", "frobnicate")
    (bench.root / "intertie.toml").write_text('[lint]\nignore = ["unknown-endpoint"]\n')
    assert findings(bench.put(text, "test-cases/TC-009.yaml")) == ()
    (bench.root / "intertie.toml").unlink()
    bench.desk.refresh()
    assert findings(bench.put(text + "tags: {", "test-cases/TC-009.yaml"))[0].name == "yaml-syntax"
    assert findings(bench.put(text.replace("INT-001", "INT-404"), "test-cases/TC-009.yaml")) == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('amount: "1"', 'amuont: "1"'), ("type: TestCase", "type: TestCsae"), ("preconditions: []", "preconditions: [TC-001]"),
        ("input: {", 'expect: ["breaker.stat == 1", "status = 200", "attempts == 9"]\n    input: {'), ("id: TC-009", "id: TC-090"),
    ],
)  # fmt: skip
def test_the_editor_shows_what_the_command_finds(bench: Bench, old: str, new: str) -> None:
    """A case is judged in one way, wherever it is looked at."""
    text = CASE.replace(old, new, 1)
    path = bench.root / "test-cases/TC-009.yaml"
    path.write_text(text, "utf-8")
    shown = findings(bench.put(text, "test-cases/TC-009.yaml"))
    workspace = Workspace(bench.root)
    settings = load_settings(workspace.root, config=None, environ={}, flags={})
    day = VirtualClock().utc_now().date()
    assert shown == check_paths([path], workspace, settings, today=day).diagnostics
    assert shown


def test_an_unsaved_precondition_is_what_its_cases_are_judged_by(bench: Bench) -> None:
    """A name that the open precondition provides is there for the open case."""
    case = CASE.replace("preconditions: []", "preconditions: [PC-001]").replace('"1"', '"{{ price }}"')
    precondition = "id: PC-001\nname: p\nsetup_steps: [Look]\ncontext_provided: [{name: price}]\n"
    (bench.root / "precondition-cases").mkdir()
    (bench.root / "precondition-cases/PC-001.yaml").write_text(precondition.replace("price", "cost"), "utf-8")
    assert [each.name for each in findings(bench.put(case, "test-cases/TC-009.yaml"))] == ["unset-case-value"]
    bench.put(precondition, "precondition-cases/PC-001.yaml")
    assert findings(bench.put(case, "test-cases/TC-009.yaml")) == ()
