"""What is written of a large description by default: little, readable, and nothing that `check` complains of."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from intertie.cli.main import run
from intertie.importers import Selection
from intertie.importers.merging.record import without_record
from intertie.lint.checking import Checker
from support.imports import REAL_VARIABLE, Importing, kinds, real_file
from support.spec_text import DATA

HARBOUR = DATA / "imports" / "harbour.yaml"
THREE = ("listBerths", "announceCall", "getCall")
REAL = {
    "slack-swagger2.json": ("chat_postMessage", "conversations_list", "users_info"),
    "spotify-openapi.yml": ("get-an-album", "get-track", "search"),
    "twilio-lookups-v2.json": ("FetchPhoneNumber",),
    "museum-openapi.yaml": ("getMuseumHours", "createSpecialEvent", "buyMuseumTickets"),
    "petstore-openapi.yaml": ("addPet", "findPetsByStatus", "placeOrder"),
}
OF_THE_SERVICE = {"credential-parameter", "body-on-delete"}
"""What a service asks of its callers, and a spec can only say as it is."""
MOST_LINES = 200


@pytest.fixture
def shop(tmp_path: Path) -> Importing:
    return Importing(tmp_path)


def found(shop: Importing, text: str) -> list[str]:
    """Return the names of all findings of `intertie check`."""
    checker = Checker([shop.spec], shop.workspace, shop.settings, today=date(2025, 1, 1))
    return [each.name for each in checker.text(shop.spec, text).found]


def path_of(name: str) -> Path:
    path = HARBOUR if name == HARBOUR.name else real_file(name)
    if path is None:
        pytest.skip(f"{name} is not here; {REAL_VARIABLE} names the folder that has it")
    return path


@pytest.mark.parametrize("name", [HARBOUR.name, *REAL])
def test_three_operations_are_a_short_spec_without_a_finding(shop: Importing, name: str) -> None:
    """Three operations of a large API take at most 200 lines, and `check` finds nothing in them."""
    made = shop.new(path_of(name), selection=Selection(operations=REAL.get(name, THREE)))
    assert len(made.text.splitlines()) <= MOST_LINES
    assert found(shop, made.text) == []
    assert len(shop.plan(made.text).operations) == len(REAL.get(name, THREE))
    assert shop.again(made.text, path_of(name)).text == made.text


@pytest.mark.parametrize("name", [HARBOUR.name, *REAL])
def test_a_whole_description_has_no_finding_that_is_the_importer_s(shop: Importing, name: str) -> None:
    """Of all its operations `check` says nothing but what the service itself asks for."""
    assert set(found(shop, shop.new(path_of(name)).text)) <= OF_THE_SERVICE


def test_only_what_the_chosen_operations_use_is_there(shop: Importing) -> None:
    """Schemas, scopes and prose of other operations stay out; so does the credential as a parameter."""
    made = shop.new(HARBOUR, selection=Selection(operations=THREE))
    beside = made.schemas_file.text
    for name in ("BerthPage", "Call", "NewCall", "Hazard", "Money", "Problem"):
        assert f"    {name}:\n" in beside
    for name in ("Shift", "Officer"):
        assert f"    {name}:" not in beside
    assert (
        "type: api_key  # an OAuth access token with berths.read, calls.write, cargo.write, calls.read\n" in made.text
    )
    assert "desk.admin" not in made.text
    assert "access_token" not in without_record(made.text)
    assert {"credential-parameter", "oauth-flow", "broken-example", "long-text"} <= kinds(made)


def test_prose_is_cut_at_a_sentence_and_examples_at_two_items(shop: Importing) -> None:
    """A description takes a line, an example a screen; `complete` keeps more of both."""
    text = shop.new(HARBOUR, selection=Selection(operations=THREE)).text
    assert "      description: The least depth of water at low tide, in metres.\n" in text
    assert "name: North Quay 2" in text
    assert "name: Old Fish Pier" not in text
    assert "somewhere" not in text  # an example that breaks its schema
    complete = shop.new(HARBOUR, selection=Selection(operations=THREE), complete=True).text
    assert "half a metre in the inner basin" in complete
    assert "name: Old Fish Pier" in complete
    assert shop.errors(complete) == []


def test_a_short_spec_has_its_schemas_in_it(shop: Importing) -> None:
    """Only a long spec has a file beside it; `--schemas` decides otherwise."""
    few = Selection(operations=("getBerth",))
    made = shop.new(HARBOUR, selection=few)
    assert made.schemas_file is None
    assert "## Components" in made.text
    assert found(shop, made.text) == []
    beside = shop.new(HARBOUR, selection=few, schemas="file")
    assert "    Berth:" in beside.schemas_file.text
    assert "schema: {$ref: './shop.schemas.yaml#/components/schemas/Berth'}" in beside.text
    assert shop.plan(beside.text).operations["get_berth"].result.schema.json == shop.plan(made.text).operations["get_berth"].result.schema.json  # fmt: skip


# Again


def changes(imported):
    return {(change.kind, change.unit) for change in imported.changes if change.unit.startswith("schema ")}


@pytest.fixture
def source(shop: Importing) -> Path:
    return shop.write(HARBOUR.read_text("utf-8"), "harbour.yaml")


@pytest.fixture
def spec(shop: Importing, source: Path) -> str:
    return shop.new(source, selection=Selection(operations=THREE)).text


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_a_schema_that_the_source_changed_is_updated(shop: Importing, source: Path, spec: str) -> None:
    """The file beside the spec is merged schema by schema."""
    edit(source, "        un_number: {type: integer, minimum: 4,", "        un_number: {type: integer, minimum: 1,")
    again = shop.again(spec, source)
    assert changes(again) == {("updated", "schema Hazard")}
    assert "minimum: 1\n" in again.schemas_file.text
    assert shop.again(again.text, source).changes == ()


def test_a_schema_that_people_changed_stays(shop: Importing, source: Path, spec: str) -> None:
    """Theirs stays, in silence where the source did not change it, else as a conflict."""
    beside = shop.spec.with_name("shop.schemas.yaml")
    edit(beside, "    Hazard:\n", "    Hazard:\n      title: Ours\n")
    again = shop.again(spec, source)
    assert (again.changes, again.schemas_file) == ((), None)
    edit(source, "        un_number: {type: integer, minimum: 4,", "        un_number: {type: integer, minimum: 1,")
    again = shop.again(again.text, source)
    assert changes(again) == {("conflict", "schema Hazard")}
    assert "title: Ours" in beside.read_text()


def test_what_a_vanished_operation_needs_stays(shop: Importing, source: Path, spec: str) -> None:
    """An operation that the source has no more stays in the spec, and its schemas beside it."""
    text = source.read_text("utf-8")
    start, end = text.index("  /berths:\n"), text.index("  /berths/{berth_id}:\n")
    source.write_text(text[:start] + text[end:])
    again = shop.again(spec, source, selection=Selection(operations=THREE[1:]))
    assert ("vanished", "GET /berths") in {(change.kind, change.unit) for change in again.changes}
    assert shop.errors(again.text) == []
    assert shop.plan(again.text).operations["list_berths"].result.schema is not None


def test_more_operations_bring_their_schemas(shop: Importing, source: Path, spec: str) -> None:
    """Another choice adds to the file what it needs, and leaves what is there."""
    more = shop.again(spec, source, selection=Selection(operations=("listShifts",)))
    assert changes(more) == {("added", "schema Shift"), ("added", "schema Officer")}
    assert "    Hazard:" in more.schemas_file.text
    assert shop.errors(more.text) == []


# The command


def test_the_command_writes_both_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`intertie new --from` writes the spec and the file beside it, and says so."""
    monkeypatch.chdir(tmp_path)
    choice = [part for name in THREE for part in ("--operation", name)]
    assert run(["new", "Harbour", "--from", str(HARBOUR), *choice]) == 0
    out = capsys.readouterr()
    assert out.out == (
        "made specs/harbour.md (INT-001): 3 operations from OpenAPI 3.0.3\n"
        "made specs/harbour.schemas.yaml: 22 schemas\n"
    )
    assert out.err.endswith("next: intertie check specs/harbour.md\n")
    assert run(["check", "specs/harbour.md"]) == 0
    assert run(["fmt", "--check"]) == 0
    capsys.readouterr()
    assert run(["new", "Harbour", "--from", str(HARBOUR)]) == 0
    assert "the source has not changed" in capsys.readouterr().err


def test_the_whole_template_is_written_on_demand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--complete` needs a source, and is remembered by the next import."""
    monkeypatch.chdir(tmp_path)
    assert run(["new", "Harbour", "--complete"]) == 2
    assert "--complete" in capsys.readouterr().err
    assert run(["new", "Harbour", "--from", str(HARBOUR), "--operation", "getBerth", "--complete"]) == 0
    text = (tmp_path / "specs" / "harbour.md").read_text("utf-8")
    assert "## Cost Management" in text
    assert "next: fill in the [placeholders]" in capsys.readouterr().err
    assert run(["new", "Harbour", "--from", str(HARBOUR)]) == 0
    assert (tmp_path / "specs" / "harbour.md").read_text("utf-8") == text
