"""Mending files."""

from __future__ import annotations

from pathlib import Path

import pytest

from intertie.compiler import Settings
from intertie.diagnostics import Applicability
from intertie.lint.checking import Checker
from intertie.lint.fixing import fix_file, unified_diff, write_fixed
from intertie.spec.workspace import Workspace
from support.fixable import FIXABLE, Fixable
from support.rule_examples import BASE, TODAY, compose

ENOUGH = 20


def checker(folder: Path, lint: dict[str, object] | None = None) -> Checker:
    (folder / "intertie.toml").write_text("")
    workspace = Workspace(folder)
    return Checker([folder / "spec.md"], workspace, Settings(workspace.root, lint=lint or {}), today=TODAY)


def lay(folder: Path, example: Fixable) -> Path:
    path = folder / "spec.md"
    path.write_text("".join(f"{line.text}\n" for line in compose(example.text, example.language)))
    return path


@pytest.mark.parametrize("example", FIXABLE, ids=lambda example: f"{example.rule}-{example.name}".replace(" ", "-"))
def test_what_is_mended_is_not_found_again(example: Fixable, tmp_path):
    """A fix takes its finding away, brings no new one of its kind or graver, and a second run changes nothing."""
    path = lay(tmp_path, example)
    checks = checker(tmp_path)
    before = checks.file(path).found
    mine = [found for found in before if found.name == example.rule and found.fix]
    fixed = fix_file(path, checks, unsafe=True)
    if not mine:
        if example.name == example.rule or not example.name.startswith("TIE"):
            pytest.fail(f"{example.rule} has no fix: {before}")
        return
    assert fixed.changed
    after = checks.text(path, fixed.after).found
    assert [found for found in after if found.name == example.rule and found.fix] == []
    assert len([found for found in after if found.severity == "error"]) <= len(
        [found for found in before if found.severity == "error"]
    )
    write_fixed(fixed)
    assert not fix_file(path, checks, unsafe=True).changed


def test_enough_can_be_mended(tmp_path):
    """At least twenty kinds of finding have a fix."""
    mended = set()
    for number, example in enumerate(FIXABLE):
        folder = tmp_path / str(number)
        folder.mkdir()
        path = lay(folder, example)
        mended |= {found.name for found in checker(folder).file(path).found if found.fix}
    assert len(mended) >= ENOUGH, sorted(mended)


def test_comments_prose_and_line_ends_stay(tmp_path):
    """Only what is mended changes: every other byte of the file is as it was."""
    text = "\ufeff" + BASE.replace("jitter: true", "jitter: yes   # spread them").replace("\n", "\r\n")
    path = tmp_path / "spec.md"
    path.write_bytes(text.encode())
    path.chmod(0o640)
    fixed = fix_file(path, checker(tmp_path), unsafe=False)
    write_fixed(fixed)
    assert path.read_bytes() == text.replace("jitter: yes ", "jitter: true ").encode()
    assert path.stat().st_mode & 0o777 == 0o640
    assert [file.name for file in tmp_path.iterdir() if file.suffix != ".toml"] == ["spec.md"]


def test_a_link_stays_a_link(tmp_path):
    """What a link leads to is written, and the link is left."""
    (tmp_path / "real.md").write_text(BASE.replace("jitter: true", "jitter: yes"))
    link = tmp_path / "spec.md"
    link.symlink_to("real.md")
    write_fixed(fix_file(link, checker(tmp_path), unsafe=False))
    assert link.is_symlink()
    assert "jitter: true" in (tmp_path / "real.md").read_text()


def test_what_is_ignored_is_not_mended(tmp_path):
    """`[lint] ignore` and comments in the spec keep a finding from being mended."""
    path = tmp_path / "spec.md"
    path.write_text(BASE.replace("jitter: true", "jitter: yes"))
    assert not fix_file(path, checker(tmp_path, {"ignore": ["loose-boolean"]}), unsafe=False).changed
    path.write_text(BASE.replace("jitter: true", "jitter: yes # intertie: ignore[TIE019] the house says yes"))
    assert not fix_file(path, checker(tmp_path), unsafe=False).changed


def test_unsafe_fixes_are_asked_for(tmp_path):
    """A fix that may change what is meant is made only when it is asked for."""
    path = tmp_path / "spec.md"
    path.write_text(BASE.replace("backoff: exponential", "backoff: exponentail"))
    checks = checker(tmp_path)
    (found,) = checks.file(path).found
    assert found.fix
    assert found.fix.applicability is Applicability.UNSAFE
    assert not fix_file(path, checks, unsafe=False).changed
    assert "backoff: exponential\n" in fix_file(path, checks, unsafe=True).after


def test_a_diff_shows_the_change_and_nothing_is_written(tmp_path):
    """The diff has the lines before and after, with the file's name as it is shown."""
    path = tmp_path / "spec.md"
    text = BASE.replace("jitter: true", "jitter: yes").rstrip("\n")
    path.write_text(text)
    fixed = fix_file(path, checker(tmp_path), unsafe=False)
    diff = "".join(unified_diff(fixed))
    assert diff.startswith("--- a/spec.md\n+++ b/spec.md\n@@")
    assert "-  jitter: yes\n+  jitter: true\n" in diff
    assert path.read_text() == text


def test_a_file_that_is_no_text_is_left_alone(tmp_path):
    """What can't be read is told by the check, and not touched."""
    path = tmp_path / "spec.md"
    path.write_bytes(b"\xff\xfe\x00")
    assert not fix_file(path, checker(tmp_path), unsafe=True).changed


def test_what_is_only_hinted_at_is_left_alone(tmp_path):
    """A finding that the configuration makes a hint is fixed by who asks for hints, and by nobody else."""
    example = next(each for each in FIXABLE if each.name == "yes")
    path = lay(tmp_path, example)
    checks = checker(tmp_path, {"severity": {example.rule: "hint"}})
    assert example.rule not in [found.name for found in fix_file(path, checks, unsafe=True).applied]
    assert example.rule in [found.name for found in fix_file(path, checks, unsafe=True, hints=True).applied]
