"""`intertie dev docs`."""

from __future__ import annotations

from pathlib import Path

from intertie.cli.commands.dev import GENERATORS
from intertie.cli.main import run
from intertie.lint.registry import RULES

ROOT = Path(__file__).parents[3]


def test_pages_are_written_checked_and_cleaned_up(tmp_path, capsys):
    """Pages are written where they are stale, a left-over one is removed, and --check only tells."""
    (tmp_path / "src" / "intertie").mkdir(parents=True)
    arguments = ["dev", "docs", "--root", str(tmp_path)]
    assert run([*arguments, "--check"]) == 1
    assert "src/intertie/lint/pages/TIE204.md is stale" in capsys.readouterr().err
    assert run(arguments) == 0
    assert run([*arguments, "--check"]) == 0
    assert len(list((tmp_path / "src" / "intertie" / "lint" / "pages").iterdir())) == len(RULES)
    folder = tmp_path / "docs" / "reference" / "rules"
    assert [page.name for page in folder.iterdir()] == ["README.md"]
    (folder / "TIE998.md").write_text("old")
    capsys.readouterr()
    assert run([*arguments, "--check"]) == 1
    assert "docs/reference/rules/TIE998.md is left over" in capsys.readouterr().err
    assert run(arguments) == 0
    assert not (folder / "TIE998.md").exists()


def test_it_refuses_another_folder(tmp_path, capsys):
    """Where Intertie's source is not, nothing is written."""
    assert run(["dev", "docs", "--root", str(tmp_path)]) == 2
    assert "is not the root of Intertie's source" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_no_two_generators_write_one_page():
    """Every generated page has one generator."""
    pages = [path for generate in GENERATORS for path in generate()]
    assert len(pages) == len(set(pages))


def test_the_pages_of_this_project_are_up_to_date(capsys):
    """What stands in docs/reference is what the code says."""
    assert run(["dev", "docs", "--root", str(ROOT), "--check"]) == 0, capsys.readouterr().err
