"""The pre-commit hooks and the GitHub Action: they are well formed, and what they run works."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from intertie.cli.main import run
from support.compared import RICH, edited
from support.git_repository import GitRepository

ROOT = Path(__file__).parents[2]
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
ACTION = yaml.safe_load((ROOT / "action" / "action.yml").read_text("utf-8"))
STEPS = {step.get("id", step["name"]): step for step in ACTION["runs"]["steps"]}


def test_hooks_have_what_pre_commit_asks_for():
    """Each hook has id, name, entry and language, and judges the whole workspace at once."""
    assert [hook["id"] for hook in HOOKS] == ["intertie-check", "intertie-fmt"]
    for hook in HOOKS:
        assert {"id", "name", "description", "entry", "language"} <= set(hook)
        assert hook["language"] == "python"
        assert hook["pass_filenames"] is False


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_hooks_run(hook, tmp_path, monkeypatch):
    """An entry is a command of Intertie that runs in a workspace as it stands."""
    program, *arguments = shlex.split(hook["entry"])
    assert program == "intertie"
    (tmp_path / "specs").mkdir()
    (tmp_path / "intertie.toml").write_text("")
    (tmp_path / "specs" / "parcels.md").write_text(RICH)
    monkeypatch.chdir(tmp_path)
    assert run(arguments) in (0, 1)


def test_the_action_has_what_github_asks_for():
    """Inputs are described and have defaults; every step of a composite action names its shell."""
    assert ACTION["runs"]["using"] == "composite"
    assert set(ACTION["inputs"]) == {"path", "version", "strict", "diff-base", "fail-on-breaking"}
    for one in ACTION["inputs"].values():
        assert one["description"]
        assert isinstance(one["default"], str)
    for step in ACTION["runs"]["steps"]:
        assert step["shell"] == "bash"
        assert step["name"]


def test_no_input_is_part_of_a_script():
    """What an input holds can't be run: scripts see variables alone, and every one that they use is given."""
    given = {"GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"}
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step["run"]
        used = set(re.findall(r"\$\{?([A-Z_]+)", step["run"]))
        assert used <= given | set(step["env"])
        for value in step["env"].values():
            assert re.fullmatch(r"\$\{\{ inputs\.[a-z-]+ \}\}", value)
            assert value[10:].strip(" }").strip(".") in ACTION["inputs"]


@pytest.fixture
def repository(tmp_path):
    if shutil.which("git") is None or shutil.which("bash") is None:
        pytest.skip("git and bash are needed")
    made = GitRepository(tmp_path / "shop")
    made.write("api/intertie.toml", "")
    made.write("api/specs/parcels.md", RICH)
    made.commit("one")
    return made


def step(name, folder, **env):
    """Run a step's script as a runner does; return its status, what it printed, summary and outputs."""
    summary, output = folder.parent / "summary", folder.parent / "output"
    for file in (summary, output):
        file.write_text("")
    variables = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder.parent), "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_OUTPUT": str(output), "LC_ALL": "C.UTF-8",
    }  # fmt: skip
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[name]["run"]],
        cwd=folder, env=variables | env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr, summary.read_text(), output.read_text()


def test_the_check_annotates_the_lines_of_the_repository(repository):
    """Findings name the file as the repository does; errors fail the step."""
    repository.write("api/specs/parcels.md", edited(RICH, ("status: approved", "status: review")))
    status, said, _, _ = step("Check the specs", repository.folder, WORKSPACE="api", STRICT="false")
    assert status == 0, said
    repository.write("api/specs/parcels.md", edited(RICH, ("strategy: queue", "strategy: hope")))
    status, said, _, _ = step("Check the specs", repository.folder, WORKSPACE="api", STRICT="true")
    assert status == 1
    assert "::error file=api/specs/parcels.md,line=" in said


@pytest.mark.parametrize(
    ("edit", "fail", "status", "breaking"),
    [
        (("v1: 2027-06-30", "v1: 2028-06-30"), "true", 0, "false"),
        (("id: INT-007", "id: INT-008"), "false", 0, "true"),
        (("id: INT-007", "id: INT-008"), "true", 1, "true"),
    ],
)
def test_the_comparison_is_in_the_summary(repository, edit, fail, status, breaking):
    """The job summary shows what changes; a breaking change fails the job where it is asked to."""
    repository.write("api/specs/parcels.md", edited(RICH, edit))
    repository.commit("two")
    found, said, summary, output = step(
        "diff", repository.folder, WORKSPACE="api", BASE="HEAD~1", FAIL_ON_BREAKING=fail
    )  # fmt: skip
    assert found == status, said
    assert summary.startswith("## Parcel Rates (INT-00")
    assert output == f"breaking={breaking}\n"


def test_a_base_that_is_not_there_fails(repository):
    """A base that the checkout lacks is one clear message, and no output."""
    status, said, summary, output = step(
        "diff", repository.folder, WORKSPACE="api", BASE="0123456789", FAIL_ON_BREAKING="false"
    )  # fmt: skip
    assert (status, summary, output) == (2, "", "")
    assert "0123456789" in said
