"""Stores that can't be opened: memory takes their place where nothing is lost by it, and the caller is told."""

import json
import os
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from shutil import rmtree

import pytest
from click.testing import CliRunner

import intertie
from intertie.cli.main import cli
from support.pace import wait_until

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

## Error Handling
```yaml
{fallback}
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

    def make(*, status="approved", hard_stop="true", settings="", fallback="fallback_behavior: {}"):
        (tmp_path / "intertie.toml").write_text(settings)
        (tmp_path / "things.md").write_text(SPEC.format(status=status, hard_stop=hard_stop, fallback=fallback))
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
    """Memory takes its place where nothing must be kept."""
    folder = workspace(hard_stop="false")
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


def a_file_for_a_folder(place):
    place.parent.rmdir()
    place.parent.write_text("in the way")


def a_loop(place):
    place.symlink_to(place.name)


def a_device(place):
    place.symlink_to("/dev/null")


def another_programs_file(place):
    place.write_bytes(b"%PDF-1.7 and so on" * 400)


def another_programs_database(place):
    with closing(sqlite3.connect(place)) as connection:
        connection.execute("CREATE TABLE customers (id)")


def a_pipe_beside(place):
    os.mkfifo(f"{place}-journal")


def a_log_of_nothing(place):
    place.touch()
    place.with_name(f"{place.name}-wal").write_bytes(b"committed")


def a_file_for_the_owners(place):
    place.with_name(f"{place.name}.owners").touch()


AMISS = {
    "a file where the folder should be": (a_file_for_a_folder, "is a file, not a folder"),
    "a named pipe": (os.mkfifo, "it is a named pipe, not a file"),
    "a named pipe in place of its log": (a_pipe_beside, "journal.db-journal is a named pipe, not a file"),
    "a folder": (Path.mkdir, "it is a directory, not a file"),
    "a device": (a_device, "it is a device, not a file"),
    "a link to itself": (a_loop, "its links lead in a circle"),
    "another program's file": (another_programs_file, "is damaged or another program's"),
    "another program's database": (another_programs_database, "is another program's database"),
    "emptied beside its log": (a_log_of_nothing, "it is empty, and the log beside it"),
    "a file for its owners' folder": (a_file_for_the_owners, "journal.db.owners is a file, not a folder"),
}


@pytest.fixture(params=AMISS.values(), ids=AMISS)
def amiss(request, workspace):
    """Make a workspace whose journal can't be opened, and return it with what is wrong."""

    def make(**options):
        make_amiss, wrong = request.param
        folder = workspace(**options)
        make_amiss(folder / ".intertie" / "journal.db")
        return folder, wrong

    return make


def test_a_hard_stop_is_never_begun_anew_in_memory(amiss):
    """Whatever stands where the journal should be: what can't be read may hold a spent budget, so nothing is opened."""
    folder, wrong = amiss()
    with pytest.raises(intertie.StoreUnavailable, match="with `hard_stop` has spent") as refused:
        intertie.open(folder / "things.md")
    told = str(refused.value)
    assert [wrong in told, "INTERTIE_JOURNAL" in told or "move it away" in told] == [True] * 2
    assert told.count("\n") == 0


def test_who_accepts_it_may_call_without_a_journal(amiss):
    """`store_down = "allow"` sends all the same, and each call says what it does without."""
    folder, wrong = amiss(settings='store_down = "allow"\n')
    with intertie.open(folder / "things.md") as api:
        told = " ".join(warnings_of_call(api))
    assert ["lost at exit" in told, wrong in told] == [True, True]


def test_the_commands_say_what_is_amiss(amiss):
    """`call` is refused, `status` warns beside its figures, and `doctor` has a problem with what to do."""
    folder, wrong = amiss()
    run = partial(CliRunner().invoke, cli, standalone_mode=False)
    call = run(["--workspace", str(folder), "call", "INT-900", "get_thing", "--format", "json"])
    error = json.loads(call.stdout)["error"]
    assert (call.return_value, error["type"], wrong in error["message"]) == (1, "StoreUnavailable", True)
    status = run(["--workspace", str(folder), "status", "--format", "json"])
    (one,) = json.loads(status.stdout)["integrations"]
    assert wrong in " ".join(one["warnings"])
    doctor = run(["--workspace", str(folder), "doctor", "--offline", "--format", "json"])
    checks = json.loads(doctor.stdout)["checks"]
    assert {check["level"] for check in checks if wrong in check["what"]} == {"problem"}


@pytest.mark.parametrize(
    ("settings", "changes", "kept"),
    [
        ("", {"hard_stop": "false", "fallback": "fallback_behavior: {strategy: queue}"}, "what is queued"),
        ('audit = "strict"\n', {"hard_stop": "false"}, "the strict audit"),
        (
            'audit = "strict"\n',
            {"fallback": "fallback_behavior: {strategy: queue}"},
            "what the budget with `hard_stop` has spent, what is queued and the strict audit",
        ),
    ],
)
def test_what_else_must_be_kept_is_refused_without_a_journal(workspace, settings, changes, kept):
    """A receipt and a strict audit are promises to keep something: memory keeps neither."""
    folder = workspace(settings=settings, **changes)
    damage(folder, "journal.db")
    with pytest.raises(intertie.StoreUnavailable, match=kept):
        intertie.open(folder / "things.md")


def test_a_hard_stop_needs_a_place_that_keeps_it(workspace):
    """A folder that can't be made holds nothing, and keeps nothing: each process would begin its month anew."""
    folder = workspace(settings='journal = "sqlite:////proc/none/journal.db"\n')
    with pytest.raises(intertie.StoreUnavailable, match=r"hard_stop.*can't be written"):
        intertie.open(folder / "things.md")


def test_memory_that_is_asked_for_is_no_fallback(workspace):
    """Who writes `memory://` knows what it keeps."""
    folder = workspace(settings='journal = "memory://"\n')
    with intertie.open(folder / "things.md") as api:
        assert warnings_of_call(api) == ()


def test_an_emptied_journal_is_told(workspace):
    """No file of ours is ever empty: one that is was emptied, and calls, the log and the doctor say so."""
    folder = workspace()
    (folder / ".intertie" / "journal.db").touch()
    run = partial(CliRunner().invoke, cli, standalone_mode=False)
    doctor = run(["--workspace", str(folder), "doctor", "--offline"])
    assert "journal.db is empty" in " ".join(doctor.stdout.split())
    with intertie.open(folder / "things.md") as api:
        assert "was empty, so it begins anew" in " ".join(warnings_of_call(api))
    with intertie.open(folder / "things.md") as api:
        assert warnings_of_call(api) == ()


def test_a_folder_that_is_deleted_in_use_is_told(workspace):
    """What was kept there is gone; it is made again, and every call says that it begins anew."""
    folder = workspace()
    with intertie.open(folder / "things.md") as api:
        assert warnings_of_call(api) == ()
        rmtree(folder / ".intertie")
        api.limiter.pause(0.001)

        def is_told(name):
            return f"{name}.db was deleted or replaced while it was in use" in " ".join(warnings_of_call(api))

        wait_until(lambda: is_told("state") and is_told("journal"))


def test_nobody_steers_what_nobody_shares(workspace):
    """A pause that no caller would ever see is refused rather than announced."""
    folder = workspace()
    damage(folder, "state.db")
    done = CliRunner().invoke(cli, ["--workspace", str(folder), "limiter", "pause", "INT-900", "--for", "1s"])
    assert isinstance(done.exception, intertie.StoreUnavailable)
    assert "damaged" in str(done.exception)
