"""Stores that can't be opened: memory takes their place where nothing is lost by it, and the caller is told."""

import json
import sqlite3

import pytest
from click.testing import CliRunner

import intertie
from intertie.cli.main import cli

SPEC = """---
id: INT-900
type: Integration
name: Things
status: {status}
service: things
related: []
---
# Things

## Service Configuration
```yaml
service: {{name: things, base_url: "http://127.0.0.1:9"}}
authentication: {{type: none}}
```

## API Endpoints

### Get Thing
```yaml
endpoint: {{path: /things, method: GET, description: One thing}}
response: {{success: {{status: 200, content_type: application/json}}}}
```

## Cost Management
```yaml
costs:
  pricing_model: per_request
  currency: EUR
  tiers: [{{name: all, cost: 0.01, unit: request}}]
  budget: {{monthly_limit: 1, hard_stop: {hard_stop}}}
```
"""


@pytest.fixture
def workspace(tmp_path):
    """A workspace with one paid spec."""

    def make(*, status="approved", hard_stop="true", settings=""):
        (tmp_path / "intertie.toml").write_text(settings)
        (tmp_path / "things.md").write_text(SPEC.format(status=status, hard_stop=hard_stop))
        (tmp_path / ".intertie").mkdir(exist_ok=True)
        return tmp_path

    return make


def damage(folder, name):
    (folder / ".intertie" / name).write_bytes(b"no database" * 500)


def warnings_of_call(api):
    with pytest.raises(intertie.ConnectError) as failed:
        api.get_thing()
    return failed.value.warnings


def test_a_damaged_journal_is_never_passed_by(workspace):
    """A budget with a hard stop that was kept in a file is not begun anew in memory: nothing is opened."""
    folder = workspace()
    damage(folder, "journal.db")
    with pytest.raises(intertie.StoreUnavailable, match="damaged"):
        intertie.open(folder / "things.md")


def test_without_a_hard_stop_a_damaged_journal_is_a_warning_on_every_call(workspace):
    """Calls go on, metered in memory, and each of them says so."""
    folder = workspace(hard_stop="false")
    damage(folder, "journal.db")
    with intertie.open(folder / "things.md") as api:
        assert "lost at exit" in warnings_of_call(api)[0]
        assert "damaged" in warnings_of_call(api)[0]


def test_a_workspace_that_can_not_be_written_is_a_warning_on_every_call(workspace):
    """Nothing was kept there, so memory takes its place, a hard stop included."""
    folder = workspace()
    (folder / ".intertie").rmdir()
    (folder / ".intertie").write_text("in the way")
    with intertie.open(folder / "things.md") as api:
        told = warnings_of_call(api)
    assert ["shared with nobody" in told[0], "lost at exit" in told[1]] == [True, True]


def test_store_down_refuse_holds_from_the_start(workspace):
    """Who asks for `refuse` gets no limiter of their own, also where the store never was up."""
    folder = workspace(settings='store_down = "refuse"\n')
    damage(folder, "state.db")
    with pytest.raises(intertie.StoreUnavailable, match="damaged"):
        intertie.open(folder / "things.md")


def test_a_damaged_state_file_is_a_warning_on_every_call(workspace):
    """Limiter and breaker live in memory then; by default that is allowed and never silent."""
    folder = workspace()
    damage(folder, "state.db")
    with intertie.open(folder / "things.md") as api:
        assert "shared with nobody" in warnings_of_call(api)[0]


def test_status_tells_what_is_wrong(workspace):
    """An operator who looks at zeros is told that they are not the workspace's."""
    folder = workspace(hard_stop="false")
    damage(folder, "journal.db")
    text = CliRunner().invoke(cli, ["--workspace", str(folder), "status"]).stdout
    assert "lost at exit" in text
    told = json.loads(CliRunner().invoke(cli, ["--workspace", str(folder), "status", "--format", "json"]).stdout)
    assert "lost at exit" in told["integrations"][0]["warnings"][0]


def test_a_call_without_its_journal_is_one_json_document(workspace):
    """Scripts read the same shape as of any failed call."""
    folder = workspace()
    damage(folder, "journal.db")
    done = CliRunner().invoke(
        cli, ["--workspace", str(folder), "call", "INT-900", "get_thing", "--format", "json"], standalone_mode=False
    )
    told = json.loads(done.stdout)
    assert (told["ok"], told["error"]["type"], told["error"]["reached"]) == (False, "StoreUnavailable", "no")
    assert done.return_value == 1


def test_a_deprecated_spec_is_told_of_once(workspace):
    """The plan says it and the call says it, in one sentence."""
    folder = workspace(status="deprecated")
    with intertie.open(folder / "things.md") as api:
        told = warnings_of_call(api)
    assert len([sentence for sentence in told if "deprecated" in sentence]) == 1


def test_a_newer_state_file_is_not_touched(workspace):
    """A file of a newer version is left as it is."""
    folder = workspace()
    path = folder / ".intertie" / "journal.db"
    with intertie.open(folder / "things.md"):
        pass
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 9999")
    connection.commit()
    connection.close()
    with pytest.raises(intertie.StoreUnavailable, match="newer"):
        intertie.open(folder / "things.md")
