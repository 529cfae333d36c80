"""`intertie report calls`: who called what, when, and what came of it."""

import json

import pytest
from click.testing import CliRunner

import intertie
from intertie.cli.main import cli

SPEC = """---
id: INT-{number}
type: Integration
name: Things
status: approved
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
"""


@pytest.fixture
def workspace(tmp_path):
    """A workspace in which two specs were called, one of them with a strict audit."""
    (tmp_path / "intertie.toml").write_text('audit = "strict"\n')
    for number in (901, 902):
        path = tmp_path / f"{number}.md"
        path.write_text(SPEC.format(number=number))
        with intertie.open(path, caller="nightly") as api, pytest.raises(intertie.ConnectError):
            api.get_thing()
    return tmp_path


def report(workspace, *arguments):
    done = CliRunner().invoke(cli, ["--workspace", str(workspace), "report", "calls", *arguments])
    assert done.exit_code == 0, done.output
    return done


def test_scripts_read_every_entry(workspace):
    """Newest first, with everything that the journal knows and no data of the caller."""
    told = json.loads(report(workspace, "INT-901", "--format", "json").stdout)["calls"]
    assert [(call["id"], call["outcome"]) for call in told] == [("INT-901", "service_fault"), ("INT-901", "started")]
    assert told[0]["call_id"] == told[1]["call_id"]
    assert (told[0]["caller"], told[0]["attempts"], told[0]["reached"]) == ("nightly", 1, "no")
    assert told[0]["decisions"][-1] == "attempt"
    assert told[0]["at"].endswith("Z")


def test_people_read_a_line_for_each(workspace):
    """Each call with what came of it, what the guards decided below a call that failed; the limit bounds it."""
    lines = report(workspace, "--limit", "1").stdout.splitlines()
    assert lines[0].endswith("Z  INT-902@default http://127.0.0.1:9 get_thing")
    assert lines[1].startswith("  service_fault · 1 attempt · ")
    assert lines[1].endswith("by nightly")
    assert lines[2].strip().startswith("deadline >")
    assert all(len(line) <= 80 for line in lines)


def test_an_empty_history_says_so(tmp_path):
    """Nothing is nothing, on stderr, and an empty list for scripts."""
    (tmp_path / "intertie.toml").write_text("")
    assert "no calls are recorded" in report(tmp_path).stderr
    assert json.loads(report(tmp_path, "--format", "json").stdout) == {"calls": []}
