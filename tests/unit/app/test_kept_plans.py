"""Plans in the state folder: used where everything they depend on is as it was, and read as what they are: data."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import intertie
import intertie.compiler
from intertie.app import kept_plans
from intertie.app.conditions import state_of_checkout
from intertie.app.kept_plans import FOLDER, MOST
from intertie.app.workbench import open_workbench
from intertie.core.errors import UsageError
from intertie.diagnostics import SpecError
from intertie.runtime.mapping.registered import register_transform, unregister_transform
from support.plan_data import data_of

SPEC = """\
---
id: INT-007
type: Integration
name: Parcels
status: approved
service: parcels
{front}
---
# Parcels
## Service Configuration
```yaml
service:
  name: parcels
  base_url: "{base_url}"
authentication: {{type: api_key, config: {{key_location: header, key_name: X-Api-Key, secret: "env:PARCELS_KEY"}}}}
```
## API Endpoints
### Get Rate
```yaml
endpoint: {{path: /rates, method: GET}}
request:
  headers: [{{name: X-Tenant, value: "{{env:PARCELS_TENANT}}", required: true}}]
response: {{success: {{status: 200, content_type: application/json, schema: {schema}}}}}
```
### Get Label
```yaml
endpoint: {{path: /labels, method: GET}}
response: {{success: {{status: 200, content_type: application/json, schema: {{type: object}}}}}}
```
"""


def write(root: Path, *, base_url: str = "https://parcels.example/v1", front: str = "", schema: str = "{type: object}"):
    """Write the spec into a workspace with a state folder."""
    (root / "specs").mkdir(exist_ok=True)
    (root / ".intertie").mkdir(mode=0o700, exist_ok=True)
    (root / "intertie.toml").touch()
    path = root / "specs" / "parcels.md"
    path.write_text(SPEC.format(base_url=base_url, front=front, schema=schema), "utf-8")
    return path


def plans(root: Path) -> list[Path]:
    """Return the plans that are kept."""
    folder = root / ".intertie" / FOLDER
    return sorted(folder.iterdir()) if folder.is_dir() else []


@pytest.fixture
def compiled(monkeypatch) -> list[str]:
    """Note each compilation."""
    calls: list[str] = []
    real = intertie.compiler.compile_spec

    def counting(spec, **more):
        calls.append(spec.path)
        return real(spec, **more)

    monkeypatch.setattr(intertie.compiler, "compile_spec", counting)
    return calls


@pytest.fixture
def is_used(compiled) -> Callable[..., bool]:
    """Say whether the next opening takes the plan that is kept; it is the one that would be compiled either way."""

    def used(path: Path, **arguments) -> bool:
        before = len(compiled)
        environ = arguments.pop("environ", {})
        plan = open_workbench(path, environ=environ).plan(path, **arguments)
        is_kept = len(compiled) == before
        expected = open_workbench(path, environ=environ, flags={"state": "memory://"}).plan(path, **arguments)
        assert data_of(plan) == data_of(expected)
        return is_kept

    return used


def test_the_second_opening_reads_no_text(tmp_path, is_used):
    """Neither reader nor compiler nor rules are asked."""
    path = write(tmp_path)
    assert not is_used(path)
    assert is_used(path)
    assert is_used(path)
    assert len(plans(tmp_path)) == 1


def test_an_opening_keeps_its_plan_once_the_stores_have_made_the_folder(tmp_path, compiled):
    """As the check does; and calls run on what was kept as on what was compiled."""
    path = write(tmp_path)
    (tmp_path / ".intertie").rmdir()
    for _ in range(3):
        with intertie.open(path, base_url="http://127.0.0.1:9") as api:
            assert list(api.operations) == ["get_rate", "get_label"]
            assert api.get_rate.plan.wire.title == "GET /rates"
    assert len(compiled) == 1
    (kept,) = plans(tmp_path)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700


def test_looking_leaves_nothing_behind(tmp_path):
    """Where there is no state folder none is made."""
    path = write(tmp_path)
    (tmp_path / ".intertie").rmdir()
    open_workbench(path).plan(path)
    assert not (tmp_path / ".intertie").exists()


def test_state_in_memory_keeps_none(tmp_path, compiled):
    """There is no folder to keep it in."""
    path = write(tmp_path)
    for _ in range(2):
        open_workbench(path, flags={"state": "memory://"}).plan(path)
    assert len(compiled) == 2
    assert plans(tmp_path) == []


@pytest.mark.parametrize(
    "arguments",
    [{"environment": "default"}, {"base_url": "https://other.example"}, {"base_url": "http://127.0.0.1:9"}],
)
def test_what_is_asked_for_is_part_of_the_name(tmp_path, is_used, arguments):
    """Each environment and each base URL has a plan of its own."""
    path = write(tmp_path)
    assert not is_used(path)
    assert not is_used(path, **arguments)
    assert is_used(path, **arguments)
    assert is_used(path)
    assert len(plans(tmp_path)) == 2


@pytest.mark.parametrize(
    "configured",
    [
        "[defaults.retry]\nmax_attempts = 2\n",
        'audit = "strict"\n',
        'environment = "default"\n',
        'base_url = "https://other.example/v1"\n',
        'trust = "system, more.pem"\n',
        '[lint]\nignore = ["TIE212"]\n',
    ],
)
def test_settings_are_part_of_the_name(tmp_path, is_used, configured):
    """A plan has configured values, and another configuration another one."""
    path = write(tmp_path)
    assert not is_used(path)
    (tmp_path / "intertie.toml").write_text(configured, "utf-8")
    assert not is_used(path)
    assert is_used(path)


def test_text_path_and_day_are_part_of_the_name(tmp_path, compiled):
    """The same text elsewhere has other places; the next day the text is checked again."""
    path = write(tmp_path)
    open_workbench(path).plan(path)
    moved = path.rename(path.with_name("moved.md"))
    assert open_workbench(moved).plan(moved).spec_path == "specs/moved.md"
    moved.write_text(moved.read_text("utf-8") + "\nA word.\n", "utf-8")
    open_workbench(moved).plan(moved)
    assert len(compiled) == 3

    class Tomorrow:
        @staticmethod
        def utc_now():
            return datetime(2999, 1, 1, tzinfo=UTC)

    replace(open_workbench(moved), clock=Tomorrow()).plan(moved)
    assert len(compiled) == 4


def test_versions_are_part_of_the_name(tmp_path, is_used, monkeypatch):
    """Another version may compile the same text into another plan."""
    path = write(tmp_path)
    assert not is_used(path)
    monkeypatch.setattr("intertie.app.conditions.__version__", "0.0.0")
    assert not is_used(path)


def test_the_state_of_a_checkout_is_part_of_the_name(tmp_path):
    """Who works on Intertie has one version for a long time; what is installed has one for good."""
    package = tmp_path / "src" / "intertie"
    (package / "deep" / "__pycache__").mkdir(parents=True)
    (package / "one.py").touch()
    (package / "deep" / "two.py").touch()
    assert state_of_checkout.__wrapped__(package) == ""
    (tmp_path / "pyproject.toml").touch()
    before = state_of_checkout.__wrapped__(package)
    (package / "deep" / "__pycache__" / "three.py").touch()
    assert state_of_checkout.__wrapped__(package) == before
    os.utime(package / "deep" / "two.py", (2_000_000_000, 2_000_000_000))
    assert state_of_checkout.__wrapped__(package) != before


def test_a_link_that_leads_elsewhere_is_another_text(tmp_path, is_used):
    """References start from where the file really is."""
    path = write(tmp_path, schema="{$ref: './rate.json'}")
    for folder, kind in (("one", "object"), ("two", "array")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "parcels.md").write_text(path.read_text("utf-8"), "utf-8")
        (tmp_path / folder / "rate.json").write_text(f'{{"type": "{kind}"}}', "utf-8")
    path.unlink()
    path.symlink_to("../one/parcels.md")
    (tmp_path / "two" / "parcels.md").rename(tmp_path / "two" / "parcels.txt")
    assert not is_used(path)
    assert is_used(path)
    path.unlink()
    path.symlink_to("../two/parcels.txt")
    assert not is_used(path)


def test_what_the_application_registers_is_part_of_the_name(tmp_path, is_used):
    """A spec may name a transform that was not there before."""
    path = write(tmp_path)
    assert not is_used(path)
    register_transform("of_ours", str)
    try:
        assert not is_used(path)
        assert is_used(path)
    finally:
        unregister_transform("of_ours")
    assert is_used(path)


def test_a_variable_of_the_base_url_is_looked_at_again(tmp_path, is_used):
    """`${NAME}` is read when a plan is compiled; another text is another origin."""
    path = write(tmp_path, base_url="https://${PARCELS_HOST:-parcels.example}/v1")
    assert not is_used(path)
    assert is_used(path)
    assert not is_used(path, environ={"PARCELS_HOST": "a.example"})
    assert is_used(path, environ={"PARCELS_HOST": "a.example", "UNRELATED": "x"})
    assert not is_used(path, environ={"PARCELS_HOST": "b.example"})
    with pytest.raises(SpecError):
        open_workbench(path, environ={"PARCELS_HOST": "not a host"}).plan(path)


def test_the_proxy_of_the_environment_is_looked_at_again(tmp_path, is_used):
    """It comes and goes with variables that the spec does not name."""
    path = write(tmp_path)
    assert not is_used(path)
    proxied = {"https_proxy": "http://proxy.example:3128"}
    assert not is_used(path, environ=proxied)
    assert is_used(path, environ=proxied)
    assert not is_used(path, environ={**proxied, "no_proxy": "parcels.example"})
    assert not is_used(path)


def test_a_file_of_its_schemas_is_looked_at_again(tmp_path, is_used):
    """What stands in it, and not when it was written."""
    path = write(tmp_path, schema="{$ref: './rate.json'}")
    other = tmp_path / "specs" / "rate.json"
    other.write_text('{"type": "object"}', "utf-8")
    assert not is_used(path)
    assert is_used(path)
    before = other.stat()
    other.write_text('{"type":"object" }', "utf-8")
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert not is_used(path)
    other.unlink()
    with pytest.raises(SpecError):
        open_workbench(path).plan(path)


def test_a_related_spec_is_looked_up_again(tmp_path, is_used):
    """By its id it may be another file another time."""
    path = write(tmp_path, front="related: [INT-008]", schema="{$ref: '#/components/schemas/Rate'}")
    related = path.with_name("rates.md")
    text = (
        "---\nid: INT-008\ntype: Data\nname: Rates\n---\n# Rates\n## Schemas\n```yaml\n"
        "components: {schemas: {Rate: {type: object, title: NAME}}}\n```\n"
    )
    related.write_text(text, "utf-8")
    assert not is_used(path)
    assert is_used(path)
    related.write_text(text.replace("NAME", "EMAN"), "utf-8")
    assert not is_used(path)
    assert is_used(path)
    related.rename(path.with_name("a_rates.md"))
    assert not is_used(path)


def test_a_text_that_is_not_clean_is_read_each_time(tmp_path, compiled):
    """Its warnings are told at each opening."""
    path = write(tmp_path, base_url="https://parcels.example/v1")
    (tmp_path / "test-cases").mkdir()
    (tmp_path / "test-cases" / "broken.md").write_text("---\ntype: Test Case\nspec: INT-007\n---\n# X\n", "utf-8")
    twin = path.with_name("twin.md")
    twin.write_text(path.read_text("utf-8"), "utf-8")
    told: list[list[str]] = []
    for _ in range(2):
        told.append([])
        open_workbench(path, warn=told[-1].append).plan(path)
    assert told[0]
    assert told[0] == told[1]
    assert len(compiled) == 2
    assert plans(tmp_path) == []


def test_every_warning_of_a_plan_is_there_again(tmp_path, is_used):
    """What stands on each result, and what is not enforced, is part of the plan."""
    path = write(tmp_path)
    path.write_text(path.read_text("utf-8").replace("status: approved", "status: deprecated"), "utf-8")
    assert not is_used(path)
    plan = open_workbench(path).plan(path)
    assert plan.warnings


def test_no_text_of_a_secret_is_kept(tmp_path):
    """Not that of a credential, a header, a proxy's password, nor a token in the path of the base URL."""
    secrets = {
        "PARCELS_KEY": "canary-credential",
        "PARCELS_TENANT": "canary-header",
        "PARCELS_TOKEN": "canary-token",
        "https_proxy": "http://canary-user:canary-password@proxy.example:3128",
        "INTERTIE_BASE_URL": "",
    }
    written = write(tmp_path)
    for base_url in ("https://parcels.example/v1", "https://parcels.example/bot${PARCELS_TOKEN}/v1"):
        path = write(tmp_path, base_url=base_url)
        for arguments in ({}, {"base_url": "https://parcels.example/canary-argument"}):
            open_workbench(path, environ=secrets).plan(path, **arguments)
        open_workbench(path, environ={**secrets, "INTERTIE_BASE_URL": "https://x.example/canary-setting"}).plan(path)
    assert len(plans(tmp_path)) == 1
    for folder, _, names in os.walk(tmp_path / ".intertie"):
        for name in names:
            assert b"canary" not in Path(folder, name).read_bytes()
    (kept,) = plans(tmp_path)
    content = kept.read_bytes()
    for reference in (b"env:PARCELS_KEY", b"{env:PARCELS_TENANT}", b"env:https_proxy#password"):
        assert reference in content
    assert written.is_file()


def _truncated(kept: Path) -> None:
    content = kept.read_bytes()
    kept.write_bytes(content[: len(content) // 2])


def _flipped(kept: Path) -> None:
    content = bytearray(kept.read_bytes())
    content[-20] ^= 1
    kept.write_bytes(content)


def _altered(kept: Path) -> None:
    kept.write_bytes(kept.read_bytes().replace(b"/rates", b"/other"))


def _empty(kept: Path) -> None:
    kept.write_bytes(b"")


def _without_digest(kept: Path) -> None:
    kept.write_bytes(kept.read_bytes().partition(b"\n")[2])


def _endless(kept: Path) -> None:
    kept.write_bytes(kept.read_bytes() + b"\0" * kept_plans.MOST_BYTES)


def _pipe(kept: Path) -> None:
    kept.unlink()
    os.mkfifo(kept)


def _folder(kept: Path) -> None:
    kept.unlink()
    kept.mkdir()


def _others_may_write(kept: Path) -> None:
    kept.chmod(0o666)


def _others_may_write_the_folder(kept: Path) -> None:
    kept.parent.chmod(0o777)


def _folder_is_a_link(kept: Path) -> None:
    folder = kept.parent
    folder.rename(folder.with_name("elsewhere"))
    folder.symlink_to("elsewhere")


@pytest.mark.parametrize(
    "spoil",
    [
        _truncated, _flipped, _altered, _empty, _without_digest, _endless, _pipe, _folder, _others_may_write,
        _others_may_write_the_folder, _folder_is_a_link,
    ],
    ids=lambda spoil: spoil.__name__.strip("_"),
)  # fmt: skip
def test_what_is_not_whole_and_ours_is_ignored(tmp_path, is_used, spoil):
    """The text is read as if nothing were there; nothing fails, and nothing waits."""
    path = write(tmp_path)
    assert not is_used(path)
    (kept,) = plans(tmp_path)
    spoil(kept)
    assert not is_used(path)


def test_what_is_somebody_elses_is_ignored(tmp_path, is_used, monkeypatch):
    """A state folder may be another user's, who could put anything there."""
    path = write(tmp_path)
    assert not is_used(path)
    assert is_used(path)
    mine = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: mine + 1)
    assert not is_used(path)
    assert len(plans(tmp_path)) == 1


def test_a_state_folder_of_somebody_else_is_left_alone(tmp_path, is_used, monkeypatch):
    """Nothing is read from it and nothing is written into it."""
    path = write(tmp_path)
    mine = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: mine + 1)
    assert not is_used(path)
    assert not is_used(path)
    assert plans(tmp_path) == []


def test_plans_of_ours_in_a_state_folder_of_somebody_else_are_ignored(tmp_path, is_used, monkeypatch):
    """Whoever owns that could put an older folder of ours in its place."""
    path = write(tmp_path)
    assert not is_used(path)
    state, real = tmp_path / ".intertie", Path.stat

    def stat_of(file: Path, **more: bool) -> os.stat_result:
        found = real(file, **more)
        if file != state:
            return found
        values = list(found)
        values[4] += 1
        return os.stat_result(values)

    monkeypatch.setattr(Path, "stat", stat_of)
    assert not is_used(path)


def test_a_plan_under_another_name_is_ignored(tmp_path, is_used):
    """It was made under other conditions."""
    path = write(tmp_path)
    assert not is_used(path)
    (kept,) = plans(tmp_path)
    assert not is_used(path, base_url="https://other.example")
    (other,) = (each for each in plans(tmp_path) if each != kept)
    other.write_bytes(kept.read_bytes())
    assert not is_used(path, base_url="https://other.example")


def test_a_broken_part_is_made_anew_from_the_same_text_alone(tmp_path, monkeypatch):
    """What was called in one text is not answered by another."""
    path = write(tmp_path)
    open_workbench(path).plan(path)
    plan = open_workbench(path).plan(path)
    monkeypatch.setattr(plan.operations._shelf, "operation", lambda _: {}["nothing"])
    assert data_of(plan.operations["get_rate"]) == data_of(open_workbench(path).plan(path).operations["get_rate"])
    path.write_text(path.read_text("utf-8") + "\nA word.\n", "utf-8")
    with pytest.raises(UsageError, match="open it again"):
        plan.operations["get_label"]


def test_the_oldest_are_removed(tmp_path, monkeypatch):
    """Their number is bounded, and so is what they take together; left-overs of killed writers count as plans do."""
    path = write(tmp_path)
    folder = tmp_path / ".intertie" / FOLDER
    folder.mkdir(mode=0o700)
    (folder / ".left-over").write_bytes(b"x")
    os.utime(folder / ".left-over", (1, 1))
    for number in range(MOST + 5):
        open_workbench(path).plan(path, base_url=f"https://h{number}.example")
        for age, each in enumerate(sorted(plans(tmp_path), key=lambda kept: kept.stat().st_mtime_ns, reverse=True)):
            os.utime(each, (1_000_000 - age, 1_000_000 - age))
    assert len(plans(tmp_path)) == MOST
    assert not (folder / ".left-over").exists()
    size = plans(tmp_path)[0].stat().st_size
    monkeypatch.setattr(kept_plans, "MOST_BYTES_IN_ALL", 3 * size + size // 2)
    open_workbench(path).plan(path, base_url="https://last.example")
    assert 1 <= len(plans(tmp_path)) <= 4


def test_a_plan_too_large_is_not_kept(tmp_path, monkeypatch):
    """It is compiled each time."""
    monkeypatch.setattr(kept_plans, "MOST_BYTES", 1000)
    path = write(tmp_path)
    open_workbench(path).plan(path)
    assert plans(tmp_path) == []


def test_a_folder_that_can_not_be_written_is_no_fault(tmp_path, is_used):
    """A file in its place, say."""
    path = write(tmp_path)
    (tmp_path / ".intertie" / FOLDER).write_text("")
    assert not is_used(path)
    assert not is_used(path)
