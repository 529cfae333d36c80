"""A spec has one workspace, so one state folder, however it is named."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import intertie
from intertie.app.workbench import open_workbench
from intertie.cli.main import run
from intertie.core.errors import UsageError

SPEC = """---
id: INT-{number}
type: Integration
name: Things
status: approved
service: things{number}
related: []
---
# Things

## Service Configuration
```yaml
service: {{name: things{number}, base_url: "http://127.0.0.1:9"}}
authentication: {{type: none}}
```

## API Endpoints

### Get Thing
```yaml
endpoint: {{path: /things, method: GET, description: One thing}}
response: {{success: {{status: 200, content_type: application/json}}}}
```
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a spec in `specs/`, and beside it another spec that is its own workspace."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "specs" / "deeper").mkdir(parents=True)
    (tmp_path / "specs" / "things.md").write_text(SPEC.format(number=901))
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "intertie.toml").write_text("")
    (tmp_path / "other" / "more.md").write_text(SPEC.format(number=902))
    (tmp_path / "link.md").symlink_to(tmp_path / "specs" / "things.md")
    (tmp_path / "linked").symlink_to(tmp_path / "specs", target_is_directory=True)
    return tmp_path


NAMES = [
    (".", "specs/things.md"), (".", "./specs/../specs/things.md"), (".", "INT-901"), (".", "things901"),
    ("specs", "things.md"), ("specs", "INT-901"), ("specs", "../specs/things.md"), ("specs/deeper", "../things.md"),
    ("other", "../specs/things.md"), (".", "link.md"), (".", "linked/things.md"), ("linked", "things.md"),
    ("linked", "INT-901"), ("other", "../link.md"),
]  # fmt: skip


@pytest.mark.parametrize(("here", "name"), NAMES)
@pytest.mark.parametrize("declared", [False, True], ids=["no intertie.toml", "intertie.toml"])
def test_it_is_the_folder_of_the_file(folder, monkeypatch, here, name, declared):
    """Path, id, service, subfolder, `..` and link: the root follows from the file alone, and the file is found there."""
    if declared:
        (folder / "intertie.toml").write_text("")
        if (here, name) == ("specs", "INT-901"):
            here = "specs/deeper"
    monkeypatch.chdir(folder / here)
    bench = open_workbench(name, environ={})
    assert bench.root == (folder if declared else folder / "specs")
    assert bench.plan(name).id == "INT-901"


def test_a_workspace_within_a_workspace_keeps_its_state(folder, monkeypatch):
    """An id that is found from above opens the inner workspace's state, as its path does."""
    (folder / "intertie.toml").write_text("")
    for here, name in ((".", "INT-902"), (".", "other/more.md"), ("other", "INT-902"), ("specs", "other/more.md")):
        monkeypatch.chdir(folder / here)
        bench = open_workbench(name, environ={})
        assert (bench.root, bench.plan(name).id) == (folder / "other", "INT-902")


def test_a_workspace_that_is_named_stays_the_one(folder):
    """`--workspace` is the person's own decision."""
    assert open_workbench("specs/things.md", workspace=Path("other"), environ={}).root == folder / "other"


def test_a_name_of_nothing_is_told_where_it_was_looked_for(folder):
    """Nothing is made up for a spec that is not there."""
    with pytest.raises(UsageError, match="did you mean INT-90"):
        open_workbench("INT-903", environ={}).find("INT-903")


def test_calls_of_one_spec_meet_in_one_history(folder, monkeypatch, capsys):
    """Whatever name it was called by, there is one `.intertie` folder, and `report calls` sees every call."""
    for here, name in NAMES:
        monkeypatch.chdir(folder / here)
        with intertie.open(name) as api, pytest.raises(intertie.ConnectError):
            api.get_thing()
    found = [Path(place) for place, folders, _ in os.walk(folder) if ".intertie" in folders]
    assert found == [folder / "specs"]
    monkeypatch.chdir(folder)
    capsys.readouterr()
    assert run(["report", "calls"]) == 0
    assert capsys.readouterr().out.count("get_thing") == len(NAMES)


def test_commands_without_a_spec_ask_every_workspace_that_specs_belong_to(folder, capsys):
    """A folder that is no workspace gets no state of its own; those of its specs are shown together."""
    for name in ("specs/things.md", "other/more.md"):
        with intertie.open(name) as api, pytest.raises(intertie.ConnectError):
            api.get_thing()
    capsys.readouterr()
    assert run(["report", "calls"]) == 0
    told = capsys.readouterr().out
    assert ("INT-901@default" in told, "INT-902@default" in told) == (True, True)
    assert run(["status", "--format", "json"]) == 0
    shown = json.loads(capsys.readouterr().out)["integrations"]
    assert sorted((each["id"], each["budget"]) for each in shown) == [("INT-901", None), ("INT-902", None)]
    assert not (folder / ".intertie").exists()


@pytest.mark.parametrize("name", [name for here, name in NAMES if here == "." and name.endswith(".md")])
@pytest.mark.parametrize("declared", [False, True], ids=["no intertie.toml", "intertie.toml"])
def test_a_file_is_never_its_own_duplicate(folder, capsys, name, declared):
    """Under another path or a link it is the same file: `check` finds no second spec of its id."""
    if declared:
        (folder / "intertie.toml").write_text("")
    run(["check", name])
    assert "TIE105" not in capsys.readouterr().out


def test_a_file_is_not_its_own_duplicate_from_a_subfolder(folder, monkeypatch, capsys):
    """`../x` from inside the workspace, too; and a second file of the id still is one."""
    (folder / "intertie.toml").write_text("")
    monkeypatch.chdir(folder / "specs")
    run(["check", "../specs/things.md"])
    assert "TIE105" not in capsys.readouterr().out
    (folder / "specs" / "copy.md").write_text(SPEC.format(number=901))
    assert run(["check", "../specs/things.md"]) == 1
    told = capsys.readouterr().out
    assert "TIE105" in told
    assert "copy.md" in told
