"""Descriptions that others published: imported, checked, planned, imported again, written back, called on a mock.

Two of them stand in this repository; the folder `INTERTIE_REAL_DESCRIPTIONS` may hold more, and `INTERTIE_NPM` a folder in
which `npm install @octokit/openapi` was run. What is not there is skipped.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from intertie.app.opening import open as open_sync
from intertie.cli.main import run
from intertie.core.errors import UsageError
from intertie.importers import Imported, Selection
from intertie.importers.merging.record import without_record
from intertie.mockserver import MockServer
from support.imports import NPM_VARIABLE, REAL_VARIABLE, Importing, kinds, real_file
from support.openapi_shape import faults
from support.real_servers import NPM_FOLDER

OPERATIONS = {
    "museum-openapi.yaml": 8, "petstore-openapi.yaml": 19, "twilio-lookups-v2.json": 10, "spotify-openapi.yml": 97,
    "slack-swagger2.json": 174,
}  # fmt: skip
STORES = {"state": "memory://", "journal": "memory://"}
HERE = [name for name in OPERATIONS if real_file(name)]
_GITHUB = Path("node_modules/@octokit/openapi/generated/api.github.com.json")


@pytest.fixture(scope="module", params=HERE)
def imported(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Importing, Imported]:
    path = real_file(request.param)
    assert path is not None
    shop = Importing(tmp_path_factory.mktemp("real"))
    return request.param, shop, shop.new(path)


@pytest.fixture(scope="module")
def github() -> Path:
    for folder in (Path(os.environ.get(NPM_VARIABLE, NPM_FOLDER)), NPM_FOLDER):
        if (folder / _GITHUB).is_file():
            return folder / _GITHUB
    pytest.skip(f"@octokit/openapi is not installed; {NPM_VARIABLE} names a folder with it in node_modules")


def test_all_of_them_are_here() -> None:
    """Every description is tested; where some are not there, this says so."""
    absent = [name for name in OPERATIONS if name not in HERE]
    if absent:
        pytest.skip(f"{', '.join(absent)} are not here; {REAL_VARIABLE} names the folder that has them")


def test_it_is_in_canonical_form(imported: tuple[str, Importing, Imported]) -> None:
    """`intertie fmt` has nothing to do in an imported spec."""
    _, shop, made = imported
    shop.spec.write_text(made.text, "utf-8")
    assert run(["fmt", "--check", str(shop.spec)]) == 0


def test_every_operation_becomes_one_that_can_be_planned(imported: tuple[str, Importing, Imported]) -> None:
    """A real description becomes a spec without an error, and every operation of it has a plan."""
    name, shop, made = imported
    assert len(made.operations) == OPERATIONS[name]
    assert shop.errors(made.text) == []
    assert len(shop.plan(made.text).operations) == OPERATIONS[name]


def test_the_same_description_again_changes_nothing(imported: tuple[str, Importing, Imported]) -> None:
    """Importing it once more leaves the spec as it is, to the byte."""
    name, shop, made = imported
    again = shop.again(made.text, real_file(name))
    assert again.changes == ()
    assert again.text == made.text


def test_written_back_and_imported_again_it_is_the_same_service(imported: tuple[str, Importing, Imported]) -> None:
    """Import, export, import: the plans are the same; once more, and the text is the same too."""
    _, shop, made = imported
    document = shop.exported(made.text)
    assert faults(document) == []
    second = shop.new(shop.write(json.dumps(document), "again.json"))
    assert shop.errors(second.text) == []
    assert operations(shop, second.text) == operations(shop, made.text)
    third = shop.new(shop.write(shop.exported_text(second.text), "again.json"))
    assert without_record(third.text) == without_record(second.text)


def test_what_is_lost_has_a_place_and_a_reason(imported: tuple[str, Importing, Imported]) -> None:
    """Every loss points into the source and says why; what is guessed is marked in the spec."""
    _, _, made = imported
    assert all(loss.where.startswith(("#", "line ")) and loss.why for loss in made.losses)
    marked = made.text.count("# guessed")
    assert marked >= len({guess.where for guess in made.guesses if guess.what == "pagination"})


def test_workflows_are_no_description(tmp_path: Path) -> None:
    """The museum's Arazzo document is refused with the name of the description it is about."""
    path = real_file("museum-arazzo.yaml")
    if path is None:
        pytest.skip(f"museum-arazzo.yaml is not here; {REAL_VARIABLE} names the folder that has it")
    with pytest.raises(UsageError, match=r"describes workflows, not an API; import .* \.\./openapi\.yaml"):
        Importing(tmp_path).new(path)


def test_github_is_imported_as_a_whole(github: Path, tmp_path: Path) -> None:
    """1,200 operations are one spec that refers to the source for its schemas: checked, planned, merged and mocked."""
    shop = Importing(tmp_path)
    source = shop.write(github.read_text("utf-8"), "api.github.com.json")
    made = shop.new(source)
    assert made.note is not None
    assert "are too large for a spec" in made.note
    assert len(made.operations) > 1_000
    assert shop.errors(made.text) == []
    plan = shop.plan(made.text)
    assert len(plan.operations) == len(made.operations)
    assert not plan.operations["issues_create"].wire.body.schema.is_valid({"title": ["no", "title"]})
    assert shop.again(made.text, source).text == made.text
    shop.spec.write_text(made.text, "utf-8")
    with MockServer(shop.spec) as url, open_sync(shop.spec, base_url=url, **STORES) as hub:
        assert "repository_url" in hub.meta_root().data
        issue = hub.issues_create(owner="octo", repo="hello", title="Found")
        assert (issue.status, issue.data["title"]) == (201, "Found")


def test_github_is_imported_in_parts(github: Path, tmp_path: Path) -> None:
    """A tag of it is imported, another one is merged into it, and both are written back."""
    shop = Importing(tmp_path)
    made = shop.new(github, selection=Selection(tags=("issues",)))
    assert made.note is None
    assert len(made.operations) > 50
    assert shop.errors(made.text) == []
    assert "style: link" in made.text
    assert {"extension", "long-text"} <= kinds(made)
    more = shop.again(made.text, github, selection=Selection(tags=("gists",)))
    assert {change.kind for change in more.changes} == {"added"}
    assert shop.errors(more.text) == []
    assert faults(shop.exported(more.text)) == []


def operations(shop: Importing, text: str) -> dict[str, object]:
    """Return what the plan of each operation says of its calls, without what OpenAPI can't carry."""
    return {
        operation.id: {
            "request": (operation.wire.method, operation.wire.path, operation.description),
            "headers": [(each.name, each.value, each.required) for each in operation.wire.headers],
            "parameters": [
                (each.name, each.location, each.required, each.style, each.explode, schema(each.schema), each.default)
                for each in operation.wire.parameters
            ],
            "body": operation.wire.body and (operation.wire.body.content_type, operation.wire.body.required, schema(operation.wire.body.schema)),
            "success": (
                operation.wire.response.statuses.written, operation.wire.response.content_type, schema(operation.result.schema),
                operation.result.example,
            ),
            "errors": [
                (each.status, each.description, each.content_type, schema(each.schema), each.retry_after_header)
                for each in operation.wire.response.errors
            ],
            "pages": operation.pagination and (operation.pagination.style, dict(operation.pagination.options)),
        }
        for operation in shop.plan(text).operations.values()
    }  # fmt: skip


def schema(compiled: object) -> object:
    """Return a schema without discriminators: a branch that nothing else refers to is not written back."""
    return None if compiled is None else _without(compiled.json)


def _without(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without(each) for key, each in value.items() if key != "discriminator"}
    return [_without(each) for each in value] if isinstance(value, list) else value
