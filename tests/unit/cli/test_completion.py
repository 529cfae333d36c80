"""What a shell is offered, by the protocol that its script speaks."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from intertie.cli.main import COMMANDS, run
from intertie.lint.registry import RULES
from support.spec_text import FRONT_MATTER, section

SPEC = (
    FRONT_MATTER
    + section("Service Configuration", "service: {environments: {sandbox: 'https://s.example', staging: 'https://t.example'}}")
    + section("API Endpoints\n### List Things", "endpoint: {path: /a, method: GET}")
    + section("More\n### Make Thing", "endpoint: {path: /a, method: POST}")
)  # fmt: skip


def _answered() -> None:
    with pytest.raises(SystemExit) as stopped:
        run([])
    assert stopped.value.code == 0


@pytest.fixture
def offered(tmp_path, monkeypatch, capsys):
    """Ask what is offered for the last word of a line, as bash does."""
    (tmp_path / "intertie.toml").touch()
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "a.md").write_text(SPEC)
    (tmp_path / "broken.md").write_bytes(b"\xff")
    monkeypatch.chdir(tmp_path)

    def ask(line: str, shell: str = "bash") -> list[str]:
        monkeypatch.setenv("_INTERTIE_COMPLETE", f"{shell}_complete")
        monkeypatch.setenv("COMP_WORDS", line)
        count = str(len(line.split()) - (not line.endswith(" ")))
        # fish gives the word itself where the others give its number.
        monkeypatch.setenv("COMP_CWORD", line.rsplit(maxsplit=1)[-1] if shell == "fish" else count)
        capsys.readouterr()
        _answered()
        out = capsys.readouterr()
        assert out.err == ""
        return out.out.split()

    return ask


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("intertie pl", ["plain,plan"]),
        ("intertie check --form", ["plain,--format"]),
        ("intertie check --format c", ["plain,concise"]),
        ("intertie queue re", ["plain,replay"]),
        ("intertie plan INT", ["plain,INT-001"]),
        ("intertie plan specs/", ["file,specs/"]),
        ("intertie call INT-001 li", ["plain,list_things"]),
        ("intertie plan specs/a.md make", ["plain,make_thing"]),
        ("intertie call broken.md ", []),
        ("intertie call nowhere.md ", []),
        ("intertie plan INT-001 --env s", ["plain,sandbox", "plain,staging"]),
        ("intertie mock INT-001 --profile throttling_", ["plain,throttling_disguised"]),
        ("intertie rule TIE02", [f"plain,{rule.code}" for rule in RULES if rule.code[:5] == "TIE02"]),
        ("intertie rule retry-outlives", ["plain,retry-outlives-deadline"]),
        ("intertie breaker open INT-001 --operation m", ["plain,make_thing"]),
    ],
)
def test_what_is_offered(offered, line: str, words: list[str]):
    """Commands, options, choices and names of the workspace are offered; what can't be read offers nothing."""
    assert offered(line) == words


def test_all_commands_are_offered_but_the_one_for_ourselves(offered):
    """The list is that of `--help`."""
    assert offered("intertie ") == [f"plain,{name}" for name in COMMANDS if name != "dev"]


def test_ids_and_files_are_offered_where_nothing_is_typed_yet(offered):
    """A shell adds its own files to the ids."""
    assert offered("intertie plan ") == ["file,", "plain,INT-001"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_a_script_and_answers(offered, shell: str, monkeypatch, capsys):
    """The script names the command, and the answers say what each command does where the shell shows it."""
    monkeypatch.setenv("_INTERTIE_COMPLETE", f"{shell}_source")
    _answered()
    assert f"_INTERTIE_COMPLETE={shell}_complete" in capsys.readouterr().out
    assert any("plan" in word for word in offered("intertie pla", shell))


def test_bash_takes_the_script(offered, monkeypatch, capsys, tmp_path: Path):
    """Bash reads the script without complaint and knows the command."""
    monkeypatch.setenv("_INTERTIE_COMPLETE", "bash_source")
    _answered()
    script = tmp_path / "complete.bash"
    script.write_text(capsys.readouterr().out)
    told = subprocess.run(
        ["bash", "--norc", "-c", f"source {script} && complete -p intertie"], capture_output=True, text=True, check=True
    )
    assert "_intertie_completion" in told.stdout
    assert told.stderr == ""
