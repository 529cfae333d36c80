"""`intertie fmt`."""

from __future__ import annotations

import pytest

from intertie.cli.main import run

BEFORE = "---\nid: INT-001\ntype: Integration\nname: A\n---\n# A\n\n```yaml\nretry:\n  jitter: true\n  max_attempts: 3\n```\n"
AFTER = BEFORE.replace("  jitter: true\n  max_attempts: 3\n", "  max_attempts: 3\n  jitter: true\n")


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "specs").mkdir()
    (tmp_path / "intertie.toml").write_text("")
    (tmp_path / "specs" / "a.md").write_text(BEFORE)
    (tmp_path / "specs" / "b.md").write_text(AFTER.replace("INT-001", "INT-002"))
    return tmp_path


def fmt(capsys, *arguments):
    capsys.readouterr()
    status = run(["fmt", *arguments])
    out = capsys.readouterr()
    return status, out.out, out.err


def test_it_writes(shop, capsys):
    """Files that are not canonical are written, the others are not touched; paths and ids narrow it."""
    assert fmt(capsys, "INT-002") == (0, "", "0 files formatted, 1 left as it is\n")
    assert fmt(capsys) == (0, "", "formatted specs/a.md\n1 file formatted, 1 left as it is\n")
    assert (shop / "specs" / "a.md").read_text() == AFTER
    assert fmt(capsys, "--check") == (0, "", "0 files would be formatted, 2 left as they are\n")


def test_check_and_diff_write_nothing(shop, capsys):
    """`--check` names the files, `--diff` shows what would change; both fail where anything would."""
    assert fmt(capsys, "--check") == (
        1, "specs/a.md is not in canonical form\n", "1 file would be formatted, 1 left as it is\n",
    )  # fmt: skip
    status, out, _ = fmt(capsys, "--diff")
    assert status == 1
    assert out.startswith("--- a/specs/a.md\n+++ b/specs/a.md\n")
    assert "+  max_attempts: 3\n   jitter: true\n-  max_attempts: 3\n" in out
    assert (shop / "specs" / "a.md").read_text() == BEFORE


def test_what_is_left_is_told(shop, capsys):
    """A block with a doubled key stays as it is and is named with its line; a file that is no text fails."""
    (shop / "specs" / "a.md").write_text(BEFORE.replace("```\n", "```\n").replace("  max", "  jitter: false\n  max"))
    status, _, err = fmt(capsys, "specs/a.md")
    assert status == 0
    assert "specs/a.md:11: this block is left as it is: a key is given twice in it\n" in err
    (shop / "specs" / "b.md").write_bytes(b"\xff\xfe")
    status, _, err = fmt(capsys, "specs/b.md")
    assert status == 1
    assert "specs/b.md: not formatted: it is not a readable UTF-8 file" in err


def test_wrong_usage(shop, capsys):
    """What names no spec is one clear message."""
    status, _, err = fmt(capsys, "none.md")
    assert status == 2
    assert err == "Error: there is no file, folder or spec `none.md`\n"
