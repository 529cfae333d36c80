"""`intertie new --from`: files, stdin and commands; what is told; when an existing spec is merged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from intertie.cli.main import cli
from intertie.core.errors import UsageError

SOURCE = """openapi: 3.0.0
info: {title: Shop, version: '1', license: {name: MIT}}
servers: [{url: https://api.shop.example}]
paths:
  /orders: {get: {tags: [Orders], responses: {'200': {description: ok}}}}
  /carts: {get: {tags: [Carts], responses: {'200': {description: ok}}}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "intertie.toml").write_text("")
    (tmp_path / "api.yaml").write_text(SOURCE)
    return tmp_path


def new(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["new", "Shop", *arguments], input=stdin, standalone_mode=False)


def test_losses_are_told_beside_the_result(folder: Path) -> None:
    """What was made is said on stdout, what was lost with its place and reason on stderr."""
    (folder / "api.yaml").write_text(SOURCE.replace("ok}}}}", "ok, links: {items: {}}}}}}", 1))
    result = new("--from", "api.yaml")
    assert result.stdout == "made specs/shop.md (INT-001): 2 operations from OpenAPI 3.0.0\n"
    assert "1 part of api.yaml could not be imported:" in result.stderr
    assert "link: items\n  times  1\n  where  #/paths/~1orders/get/responses/200/links" in result.stderr
    assert "  why    a spec does not list links between operations\n" in result.stderr
    assert "also: 1 legal note left out (--format json lists them)" in result.stderr


def test_json_holds_everything(folder: Path) -> None:
    """With --format json stdout is one document with operations, changes, guesses and losses."""
    result = new("--from", "api.yaml", "--tag", "Orders", "--format", "json")
    document = json.loads(result.stdout)
    assert result.stderr == ""
    assert document["operations"] == [
        {"operation": "get_orders", "name": "Get Orders", "method": "GET", "path": "/orders"}
    ]
    assert document["losses"][0]["kind"] == "licence"
    assert (document["id"], document["merged"], document["changes"]) == ("INT-001", False, [])


def test_the_next_import_merges(folder: Path) -> None:
    """An imported spec is merged without being asked; --force writes it anew; what is told is what changed."""
    new("--from", "api.yaml")
    spec = folder / "specs" / "shop.md"
    spec.write_text(spec.read_text().replace("status: 200", "status: 202", 1))
    (folder / "api.yaml").write_text(SOURCE.replace("/carts", "/baskets"))
    result = new("--from", "api.yaml")
    assert result.stdout == "merged specs/shop.md (INT-001): 2 operations from OpenAPI 3.0.0\n"
    assert "GET /baskets: added\n" in result.stderr
    assert "GET /carts: gone from the source; it stays in the spec until you remove it\n" in result.stderr
    assert "status: 202" in spec.read_text()
    new("--from", "api.yaml", "--force")
    assert "status: 202" not in spec.read_text()


def test_a_spec_of_ones_own_is_merged_on_request_only(folder: Path) -> None:
    """A spec that was not imported is left alone, unless --merge asks for it."""
    new()
    before = (folder / "specs" / "shop.md").read_text()
    result = new("--from", "api.yaml")
    assert isinstance(result.exception, UsageError)
    assert "exists already" in str(result.exception)
    assert (folder / "specs" / "shop.md").read_text() == before
    assert new("--from", "api.yaml", "--merge").exit_code == 0
    assert "### Get Orders" in (folder / "specs" / "shop.md").read_text()


@pytest.mark.parametrize(
    ("given", "stdin"), [("-", "curl https://x.example/a"), ("-", SOURCE), ("curl https://x.example/a", None)]
)
def test_stdin_and_commands_are_sources(folder: Path, given: str, stdin: str | None) -> None:
    """`-` reads any kind of source from stdin, and a curl command may stand on the command line itself."""
    assert new("--from", given, stdin=stdin).exit_code == 0
    assert (folder / "specs" / "shop.md").is_file()


def test_options_of_an_import_need_a_source(folder: Path) -> None:
    """--tag and its like without --from are a wrong use."""
    assert isinstance(new("--tag", "Orders").exception, UsageError)


def test_nothing_is_written_where_an_import_fails(folder: Path) -> None:
    """A source that can't be read leaves no file, and an existing spec as it is."""
    (folder / "bad.yaml").write_text("openapi: 3.0.0\npaths: [")
    assert isinstance(new("--from", "bad.yaml").exception, UsageError)
    assert not (folder / "specs" / "shop.md").exists()


def test_the_callers_words_come_before_the_source_s(folder: Path) -> None:
    """--description, --base-url and --auth say what the spec says, whatever the source has."""
    new("--from", "api.yaml", "--description", "Ours", "--base-url", "https://other.example", "--auth", "basic")
    text = (folder / "specs" / "shop.md").read_text()
    assert "## Service Overview\nOurs\n" in text
    assert "base_url: https://other.example" in text
    assert "- **Authentication**: Basic" in text
