"""Checking case files: what is no case, what is hostile, what is ignored, fixed and reported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from intertie.cli.main import run
from intertie.compiler import Settings
from intertie.diagnostics import Severity
from intertie.lint.checking import check_paths
from intertie.spec.workspace import find_workspace
from support.case_workspace import TODAY, CaseWorkspace

TC = "test-cases/TC-010.yaml"
HEAD = "id: TC-700\nname: seven\ntype: TestCase\nstatus: ready\nspec: INT-001\n"
STEP = "steps:\n  - call: get_charge\n    input: {charge_id: a}\n"


@pytest.fixture
def cases(tmp_path: Path) -> CaseWorkspace:
    """The good workspace."""
    return CaseWorkspace(tmp_path)


# What is no case


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)

HOSTILE = {
    "empty": ("", "TIE010"),
    "only a comment": ("# nothing\n", "TIE010"),
    "a list": ("- id: TC-700\n- id: TC-701\n", "TIE010"),
    "a sentence": ("The charge goes through.\n", "TIE010"),
    "binary": (bytes(range(256)) * 40, "TIE002"),
    "null characters": (f"{HEAD}notes: a\0b\n", "TIE002"),
    "another encoding": (f"{HEAD}notes: caf\xe9\n".encode("latin-1"), "TIE002"),
    "huge": (HEAD + "notes: " + "x" * 1_100_000, "TIE003"),
    "very many values": (HEAD + "tags: [" + "a, " * 30_000 + "]\n", "TIE003"),
    "deep": (HEAD + "inputs: " + "[" * 5_000 + "]" * 5_000 + "\n", "TIE006"),
    "deeper than is closed": (HEAD + "inputs: " + "{a: " * 3_000 + "\n", "TIE006"),
    "an alias bomb": (HEAD + BOMB, "TIE007"),
    "a tag": (HEAD + "notes: !!python/object/apply:os.system [ls]\n" + STEP, "TIE005"),
    "a second document": (HEAD + STEP + "---\nid: TC-701\n", "TIE004"),
    "garbage": ("{{{ ]] : - - : [\n" * 50, "TIE004"),
    "a tab": (HEAD + "steps:\n\t- call: get_charge\n", "TIE004"),
    "a key twice": (HEAD + "status: draft\n" + STEP, "TIE008"),
    "a key that is a list": (HEAD + STEP + "? {a: b}\n: c\n", "TIE014"),
    "Markdown": ("# TC-700\n\n## Steps\n\n- **Call**: get_charge\n", "TIE004"),
    "JSON that breaks off": ('{"id": "TC-700", "steps": [', "TIE004"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "rule"), HOSTILE.values(), ids=HOSTILE)
def test_a_bad_file_is_one_clear_message(cases: CaseWorkspace, text: str | bytes, rule: str) -> None:
    """Whatever stands in a file called like a case, it is one finding of it, and the other files are checked."""
    cases.write("test-cases/TC-700.yaml", text)
    result = cases.check()
    assert [(each.code, each.span.path) for each in result.diagnostics] == [(rule, "test-cases/TC-700.yaml")]
    assert result.diagnostics[0].severity is Severity.ERROR
    assert len(result.diagnostics[0].message) < 200
    assert len(result.files) == 20


FORMS = {
    "a number of the form": ("case_format: 4\n" + HEAD + STEP, "`4`"),
    "a version of the API": (
        "apiVersion: cases/v3\nkind: Case\nmetadata: {id: TC-700}\nspec: {flow: []}\n",
        "cases/v3",
    ),
    "a type of its own": ("id: TC-700\ntype: LoadProfile\nramp: [1, 2]\nusers: 40\nthink_time: 2s\n", "LoadProfile"),
    "keys of its own": ("id: TC-700\nflow: []\ngiven: []\nwhen: []\nthen: []\n", "flow"),
}


@pytest.mark.parametrize(("text", "shown"), FORMS.values(), ids=FORMS)
def test_a_later_generation_is_one_clear_message(cases: CaseWorkspace, text: str, shown: str) -> None:
    """A form that is not known is told once, and nothing in it is judged."""
    cases.write("test-cases/TC-700.yaml", text)
    [found] = cases.found("test-cases/TC-700.yaml")
    assert found.name == "unknown-case-form"
    assert shown in found.message
    assert "later Intertie" in (found.help or "")


def test_a_first_form_that_says_so_is_read(cases: CaseWorkspace) -> None:
    """`case_format: 1`, and what teams add for themselves, change nothing."""
    extra = "case_format: 1\nowner: payments\npriority: high\nx-links: [a]\n"
    cases.write("test-cases/TC-700.yaml", HEAD + extra + STEP)
    assert cases.found("test-cases/TC-700.yaml") == ()


def test_one_that_ends_otherwise_is_told_to_be_renamed(cases: CaseWorkspace) -> None:
    """A `.yml` is no case yet: nothing else is said of it."""
    cases.write("test-cases/TC-700.yml", "id: x\nsteps: {\n")
    [found] = cases.found()
    assert (found.code, found.help) == ("TIE047", "rename it to `TC-700.yaml`")


def test_one_with_another_name_is_found_by_what_it_says(cases: CaseWorkspace) -> None:
    """A case that its id does not find is told so; other YAML beside cases is no case."""
    cases.write("test-cases/create.yaml", HEAD + STEP)
    cases.write("test-cases/fixture.yaml", "orders: [1]\n")
    [found] = cases.found()
    assert (found.name, found.span.path) == ("malformed-case-id", "test-cases/create.yaml")
    assert "TC-700-create.yaml" in (found.help or "")


def test_without_a_workspace_nothing_is_missing(tmp_path: Path) -> None:
    """Where nothing says where the workspace begins, what a case names may lie elsewhere."""
    alone = tmp_path / "somewhere" / "TC-700.yaml"
    alone.parent.mkdir()
    alone.write_text(HEAD + "preconditions: [PC-9]\n" + STEP)
    workspace = find_workspace(alone)
    assert check_paths([alone], workspace, Settings(workspace.root), today=TODAY).diagnostics == ()


# What stands around a case


def test_a_spec_with_errors_is_no_fault_of_its_cases(cases: CaseWorkspace) -> None:
    """Where a spec can't be planned, its operations are known and its fields are not judged."""
    cases.change("specs/payments.md", "max_attempts: 4", "max_attempts: many")
    cases.change("specs/payments.md", "base_url: https://api.stripe.com", "base_url: 7")
    assert cases.found(TC) == ()
    cases.change(TC, "call: create_charge", "call: create_chrage")
    assert [each.code for each in cases.found(TC)] == ["TIE066"]


def test_a_changed_spec_judges_its_cases_anew(cases: CaseWorkspace) -> None:
    """An operation that a spec no longer has is unknown to the cases that call it."""
    cases.change("specs/payments.md", "### List Charges", "### Browse Charges")
    assert [(each.code, each.span.path) for each in cases.found()] == [
        ("TIE066", "precondition-cases/PC-003.yaml"),
        ("TIE066", "test-cases/TC-011-read-back.yaml"),
        ("TIE066", "test-cases/TC-013-queued.yaml"),
    ]


def test_values_come_from_the_scenario_that_runs_the_case(cases: CaseWorkspace) -> None:
    """What a scenario's precondition provides is there for its test cases; a precondition that is missing is one finding."""
    cases.write("test-cases/TC-700.yaml", HEAD + STEP.replace("charge_id: a", 'charge_id: "{{ card_token }}"'))
    assert [each.name for each in cases.found("test-cases/TC-700.yaml")] == ["unset-case-value"]
    cases.change("scenario-cases/SC-010.yaml", "test_cases: [TC-011]", "test_cases: [TC-011, TC-700]")
    assert cases.found("test-cases/TC-700.yaml") == ()
    cases.change("scenario-cases/SC-010.yaml", "/precondition-cases/PC-001.yaml", "/precondition-cases/PC-404.yaml")
    assert cases.found("test-cases/TC-700.yaml") == ()
    assert [each.code for each in cases.found("scenario-cases/SC-010.yaml")] == ["TIE511"]


def test_a_step_may_be_for_another_spec(cases: CaseWorkspace) -> None:
    """A step that names a spec is judged by that one."""
    step = "steps:\n  - spec: INT-220\n    call: geocode\n    input: {address_line: Torstrasse 1}\n"
    cases.write("test-cases/TC-700.yaml", HEAD + step)
    assert cases.found("test-cases/TC-700.yaml") == ()
    cases.change("test-cases/TC-700.yaml", "address_line", "adress_line")
    assert [each.name for each in cases.found("test-cases/TC-700.yaml")] == ["unknown-case-input"]


# Ignores, configuration, fixes


def test_a_comment_ignores_a_finding(cases: CaseWorkspace) -> None:
    """`# intertie: ignore[…]` stands on the line or above it; one that hides nothing is a finding."""
    cases.change(TC, "- elapsed < 4s", "- elapse < 4s  # intertie: ignore[TIE705] the runner will have it")
    assert cases.found(TC) == ()
    cases.change(TC, "status: ready", "# intertie: ignore[TIE016] on trial\nstatus: trial")
    assert cases.found(TC) == ()
    cases.change(TC, "status: trial", "status: ready")
    assert [each.code for each in cases.found(TC)] == ["TIE091"]
    cases.change(TC, "ignore[TIE016] on trial", "ignore[TIE999] on trial")
    assert [each.code for each in cases.found(TC)] == ["TIE093"]


def test_the_configuration_leaves_out_cases(cases: CaseWorkspace) -> None:
    """`[lint]` selects by code and by file in cases as in specs."""
    cases.change(TC, "status: ready", "status: redy")
    config = cases.root / "intertie.toml"
    config.write_text('[lint.per-file-ignores]\n"test-cases/" = ["TIE016"]\n')
    assert cases.found(TC) == ()
    config.write_text('[lint]\nseverity = {TIE016 = "info"}\n')
    assert [each.severity for each in cases.found(TC)] == [Severity.INFO]


def test_safe_fixes_are_written(cases: CaseWorkspace) -> None:
    """A key, a spelling, an operator, a time and an operation have one meaning; the rest of the text stays."""
    before = (cases.root / TC).read_text("utf-8")
    for old, new in (
        ("preconditions:", "pre_conditions:"),
        ("type: TestCase", "type: test_case"),
        ("- attempts == 3", "- attempts = 3"),
        ("hash_timestamp: 2026-11-24T09:00:00Z", "hash_timestamp: 2026-11-24 09:00"),
        ("    call: create_charge", "    call: create_chrage"),
        ("    concurrently: 11", "    concurently: 11"),
    ):
        cases.change(TC, old, new)
    fixed = cases.fixed(TC)
    assert fixed.after == before
    assert len(fixed.applied) == 6


def test_unsafe_fixes_wait_for_leave(cases: CaseWorkspace) -> None:
    """What may be meant otherwise is fixed on demand."""
    before = (cases.root / TC).read_text("utf-8")
    cases.change(TC, "- elapsed < 4s", "- elapse < 4s")
    cases.change(TC, '"{{ currency }}"', '"{{ curency }}"')
    cases.change(TC, "status: ready", "status: redy")
    cases.change(TC, "charge: data.charge_id", "charge: data.chargeid")
    assert not cases.fixed(TC).changed
    assert cases.fixed(TC, unsafe=True).after == before


def test_crlf_stays(cases: CaseWorkspace) -> None:
    """A file with the line ends of another system keeps them, and its places are right."""
    text = (cases.root / TC).read_text("utf-8").replace("- attempts == 3", "- attempts = 3").replace("\n", "\r\n")
    cases.write(TC, text)
    [found] = cases.found(TC)
    assert (found.name, found.span.column) == ("unreadable-assertion", 18)
    assert cases.fixed(TC).after == text.replace("- attempts = 3", "- attempts == 3")


# The command


def test_the_command_checks_cases(cases: CaseWorkspace, monkeypatch, capsys) -> None:
    """A path, a folder, an id and a whole workspace include cases; the exit status says what was found."""
    monkeypatch.chdir(cases.root)
    for path in (TC, "test-cases", "TC-010", "SC-010", "PC-001", "."):
        assert run(["check", path]) == 0, path
    capsys.readouterr()
    cases.change(TC, "status: ready", "status: redy")
    for paths in ([TC], ["test-cases"], ["TC-010"], []):
        assert run(["check", "--format", "concise", *paths]) == 1, paths
        assert f"{TC}:4:9: error TIE016" in capsys.readouterr().out
    assert run(["check", "specs"]) == 0
    cases.change(TC, "status: redy", "status: ready")
    cases.change(TC, "- attempts == 3", "- attempts == 5")
    assert run(["check", TC]) == 0
    assert run(["check", "--strict", TC]) == 1


@pytest.mark.parametrize("form", ["full", "concise", "json", "sarif", "github", "gitlab", "junit"])
def test_every_format_has_findings_of_cases(cases: CaseWorkspace, monkeypatch, capsys, form: str) -> None:
    """A finding in a case is in each report, with file and line."""
    monkeypatch.chdir(cases.root)
    cases.change(TC, "- elapsed < 4s", "- elapse < 4s")
    assert run(["check", TC, "--format", form]) == 1
    out = capsys.readouterr().out
    assert "TIE705" in out
    assert TC in out
    assert "31" in out
    if form in ("json", "sarif", "gitlab"):
        json.loads(out)


def test_several_processes_find_the_same(cases: CaseWorkspace, monkeypatch, capsys) -> None:
    """Cases are shared out among processes as specs are."""
    monkeypatch.chdir(cases.root)
    cases.change(TC, "- elapsed < 4s", "- elapse < 4s")
    cases.change("scenario-cases/SC-010.yaml", "mode: custom", "mode: parallel")
    printed = set()
    for jobs in ("1", "3"):
        assert run(["check", "--format", "concise", "--jobs", jobs]) == 1
        printed.add(capsys.readouterr().out)
    assert len(printed) == 1


def test_a_score_is_of_specs(cases: CaseWorkspace, monkeypatch, capsys) -> None:
    """`--score` and `fmt` are about specs: a case is refused in one sentence."""
    monkeypatch.chdir(cases.root)
    assert run(["check", "--score"]) == 0
    for command in (["check", "--score", TC], ["fmt", "--check", TC]):
        assert run(command) == 2
        assert f"{TC} is a case" in capsys.readouterr().err
