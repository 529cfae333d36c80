"""The call that `intertie mock` suggests succeeds, for every spec of ours that can be called."""

from __future__ import annotations

import shlex
import shutil

import pytest

from intertie.cli.context import CliContext
from intertie.cli.main import run
from intertie.cli.next_line import NextLine
from intertie.core.clock import AsyncioClock
from intertie.mockserver import MockServer
from intertie.mockserver.spec_files import plan_of_file
from support.real_servers import ROOT

SPECS = [
    *sorted((ROOT / "examples" / "specs").glob("*.md")),
    *(ROOT / "tests" / "data" / "authors" / "specs" / f"{name}.md" for name in ("github", "mapbox", "stripe-billing")),
    *(ROOT / "tests" / "data" / "authors" / "specs" / f"{name}.md" for name in ("twilio-sms", "weather")),
]


@pytest.mark.parametrize(
    "spec", [path for path in SPECS if not path.stem.endswith("-data")], ids=lambda path: path.stem
)
def test_what_is_suggested_succeeds(spec, tmp_path, monkeypatch, capsys):
    """From the folder it was started in, with the variables it names, at the URL it names."""
    shutil.copytree(spec.parent, tmp_path / "specs")
    if (spec.parent.parent / "intertie.toml").exists():
        shutil.copy(spec.parent.parent / "intertie.toml", tmp_path)
    monkeypatch.chdir(tmp_path)
    named = f"specs/{spec.name}"
    plan = plan_of_file(named)
    with MockServer(plan) as url:
        first, *commands = NextLine(CliContext(), named, None, False, {}, AsyncioClock()).text(plan, url).splitlines()
        assert first.endswith(f"listens on {url}; call it with")
        for export in commands[:-1]:
            name, _, value = export.strip().removeprefix("export ").partition("=")
            monkeypatch.setenv(name, value)
        program, *words = shlex.split(commands[-1])
        assert program == "intertie"
        assert run(words) == 0, capsys.readouterr().err
