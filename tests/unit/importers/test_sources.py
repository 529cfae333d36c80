"""What is given as a source: hostile and odd files cost one message, never a crash, a hang or a read elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from intertie.core.errors import UsageError
from intertie.importers.losses import Ledger
from intertie.importers.reading import SourceText, load_source, read_source
from support.imports import Importing, kinds


@pytest.fixture
def shop(tmp_path: Path) -> Importing:
    return Importing(tmp_path)


BOMB = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(24)
)
DEEP = "openapi: 3.0.0\npaths:\n  /a: " + "{x: " * 150 + "1" + "}" * 150


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("just words", "is not an API description"),
        ("- a\n- b\n", "is not an API description"),
        ("{", "not valid JSON"),
        ('{\n  "openapi": "3.0.0",\n  "info": {,\n}', "line 3"),
        ("openapi: 3.0.0\npaths:\n\tx: 1\n", "line 3"),
        ("openapi: '2.5'\n", "versions 3.0 to 3.2"),
        ("openapi: 3.0.0\ninfo: {title: a}\n", "has no operations"),
        ("openapi: 3.1.0\nwebhooks: {a: {}}\n", "describes only webhooks"),
        ("arazzo: 1.0.0\nsourceDescriptions: [{name: a, url: ./a.yaml}]\n", r"import the description it is about: \./a\.yaml"),
        ("asyncapi: 2.6.0\n", "AsyncAPI"),
        ("swaggerVersion: '1.2'\n", "Swagger 1"),
        ('{"data": {"__schema": {}}}', "GraphQL"),
        ("<?xml version='1.0'?><wsdl/>", "XML"),
        ("#%RAML 1.0\ntitle: a\n", "RAML"),
        ('{"swagger": "1.2"}', "version 2.0 can be imported"),
        ("PK\x03\x04rest", "a ZIP archive"),
        ("%PDF-1.4\n1 0 obj", "a PDF"),
        ('syntax = "proto3";\nservice A {}', "a Protocol Buffers file"),
        ("type Query { a: Int }", "a GraphQL schema"),
        ("---\nid: INT-1\ntype: Integration\n---\n# A\n", "an integration spec already"),
        ("http POST https://x.example a=b", "an HTTPie command"),
        ("Invoke-WebRequest -Uri x", "a PowerShell command"),
        ("# Title\n\nText", "a page of Markdown"),
        ('{"_postman_variable_scope": "environment", "values": []}', "a Postman environment"),
        ('{"name": "a", "dependencies": {}}', "a file about a package"),
        ('{"$schema": "https://json-schema.org/draft/2020-12/schema"}', "a JSON Schema"),
        ('{"log": {"version": "1.2"}}', "without `log.entries`"),
        ('{"log": {"entries": []}}', "contains no API requests"),
        ('{"info": {"name": "a"}, "item": []}', "contains no API requests"),
        (BOMB, "aliases"),
        (DEEP, "nested"),
        (json.dumps({"openapi": "3.0.0", "x": None}).replace("null", "[" * 500 + "]" * 500), "nested"),
    ],
)  # fmt: skip
def test_what_is_no_source_is_one_message(shop: Importing, text: str, message: str) -> None:
    """Each wrong source is refused by one sentence that says what it is, where, or what is accepted."""
    with pytest.raises(UsageError, match=message):
        shop.of(text, "source.txt")


def test_a_file_that_is_too_large_or_no_text_is_refused(shop: Importing, tmp_path: Path) -> None:
    """Size, encoding and kind of the file are judged before it is read."""
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(20_000_001)
    with pytest.raises(UsageError, match="more than 20 MB"):
        shop.new(large)
    binary = tmp_path / "binary.json"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="not UTF-8"):
        shop.new(binary)
    with pytest.raises(UsageError, match="not a regular file"):
        shop.new(tmp_path)
    with pytest.raises(UsageError, match="no such file"):
        shop.new(tmp_path / "none.json")


def test_no_other_file_is_read(shop: Importing) -> None:
    """References out of the source are losses, whatever they point at."""
    (shop.root / "secret.yaml").write_text("Thing: {type: object, description: hidden}")
    imported = shop.of(
        """openapi: 3.0.0
info: {title: a, version: '1'}
servers: [{url: https://x.example}]
paths:
  /a:
    get:
      parameters: [{$ref: 'secret.yaml#/P'}]
      responses:
        '200': {description: ok, content: {application/json: {schema: {$ref: './secret.yaml#/Thing'}}}}
        '400': {$ref: 'file:///etc/passwd'}
  /b: {$ref: '../secret.yaml'}
"""
    )
    assert "hidden" not in imported.text
    assert {loss.what for loss in imported.losses if loss.kind == "external-reference"} == {
        "../secret.yaml", "secret.yaml#/P", "./secret.yaml#/Thing", "file:///etc/passwd",
    }  # fmt: skip
    assert shop.errors(imported.text) == []


def test_references_in_a_circle_end(shop: Importing) -> None:
    """A parameter or answer that refers back to itself is a loss."""
    imported = shop.of(
        """openapi: 3.0.0
info: {title: a, version: '1'}
servers: [{url: https://x.example}]
paths: {/a: {get: {parameters: [{$ref: '#/components/parameters/A'}], responses: {'200': {$ref: '#/components/responses/A'}}}}}
components:
  parameters: {A: {$ref: '#/components/parameters/B'}, B: {$ref: '#/components/parameters/A'}}
  responses: {A: {$ref: '#/components/responses/A'}}
"""
    )
    assert "circular-reference" in kinds(imported)
    assert shop.errors(imported.text) == []


def test_duplicate_keys_and_tags_are_told(shop: Importing) -> None:
    """Of a key that is given twice the first is read; a tag is not resolved; both are told with their line."""
    imported = shop.of(
        """openapi: 3.0.0
info: {title: a, version: '1'}
servers: [{url: https://x.example}]
paths:
  /a: {get: {summary: one, summary: two, description: !!binary aGk=, responses: {}}}
"""
    )
    told = {(loss.kind, loss.what, loss.where) for loss in imported.losses}
    assert ("duplicate-key", "summary", "line 5") in told
    assert ("yaml-tag", "!!binary", "line 5") in told
    assert imported.operations == ("One",)


def test_a_file_of_nothing_but_mistakes_is_one_message(shop: Importing) -> None:
    """However many keys are given twice, however many operations there are."""
    with pytest.raises(UsageError, match="not an API description"):
        shop.of("a: b\n" * 3_000)
    paths = {f"/p{number}": {"get": {"tags": ["a"], "responses": {}}} for number in range(20_001)}
    with pytest.raises(UsageError, match=r"the 20,001 operations of api\.yaml .* --tag \(a \(20001\)\)"):
        shop.of(json.dumps({"openapi": "3.0.0", "info": {}, "paths": paths}))


def test_yaml_anchors_and_merge_keys_are_followed(shop: Importing) -> None:
    """What a file writes once and uses often is read as if it stood there."""
    imported = shop.of(
        """openapi: 3.0.0
info: {title: a, version: '1'}
servers: [{url: https://x.example}]
x-common: &common
  responses: &answers {'200': {description: ok}, '404': {description: none}}
  parameters: &paging [{name: limit, in: query, schema: &limit {type: integer, minimum: 1}}]
paths:
  /a: {get: {<<: *common, operationId: listA}}
  /b: {get: {responses: *answers, parameters: *paging, operationId: listB}, post: {<<: *common, parameters: []}}
components: {schemas: {Limit: {<<: *limit, maximum: 9}}}
"""
    )
    first, second, third = imported.description.operations
    assert [each.name for each in first.parameters] == [each.name for each in second.parameters] == ["limit"]
    assert third.parameters == ()
    assert [each.status for each in third.errors] == ["404"]
    assert shop.errors(imported.text) == []


def test_json_with_comments_is_read_as_yaml() -> None:
    """A JSON file that only YAML can read is read as that."""
    source = SourceText('{\n"openapi": "3.0.0", # ours\n"paths": {},\n}', "a.json")
    assert read_source(source, Ledger()).kind == "openapi3"


def test_stdin_is_a_source() -> None:
    """`-` stands for the text of the standard input, of any kind."""
    source = load_source("-", "curl https://x.example/a")
    assert (source.name, source.path) == ("stdin", None)
    assert read_source(source, Ledger()).kind == "curl"


@pytest.mark.parametrize(
    "value", [None, [], "x", 3, True, {"$ref": 3}, {"get": []}, {"get": {"parameters": "x", "responses": [1]}}]
)
def test_parts_of_a_wrong_kind_count_as_absent(shop: Importing, value: object) -> None:
    """A document whose parts are of other kinds than they should be never fails otherwise than by a sentence."""
    source = {
        "openapi": "3.0.0", "info": value, "servers": value, "tags": value, "security": value, "components": value,
        "paths": {"/a": value, "/b": {"get": {"responses": {"200": value, "400": {"content": value}}, "requestBody": value,
                                              "parameters": [value, {"name": "n", "in": "query", "schema": value}]}}},
    }  # fmt: skip
    imported = shop.of(json.dumps(source), "odd.json")
    assert shop.errors(imported.text) == []
