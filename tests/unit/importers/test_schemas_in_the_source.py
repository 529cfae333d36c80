"""Where the schemas of an import stand: in the spec, or in the source that it refers to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from intertie.core.errors import UsageError
from support.imports import Importing

WIDE = {"type": "object", "properties": {f"field{number}": {"type": "string"} for number in range(12)}}


@pytest.fixture
def shop(tmp_path: Path) -> Importing:
    return Importing(tmp_path)


def source(body: object = WIDE, answer: object = WIDE, **schemas: object) -> dict[str, object]:
    return {
        "openapi": "3.0.0",
        "info": {"title": "Shop", "version": "1"},
        "servers": [{"url": "https://api.shop.example"}],
        "paths": {
            "/orders/{id}": {
                "put": {
                    "requestBody": {"content": {"application/json": {"schema": body}}},
                    "responses": {
                        "200": {"description": "ok", "content": {"application/json": {"schema": answer}}},
                        "404": {
                            "description": "none",
                            "content": {"application/json": {"schema": {"type": "object", "required": ["code"]}}},
                        },
                    },
                }
            }
        },
        "components": {"schemas": schemas},
    }


def large(kilobytes: int) -> dict[str, object]:
    """Return a source whose one answer takes so much room in a spec."""
    wide = {"type": "string", "enum": [f"{number:0>1000}" for number in range(kilobytes)]}
    return source(answer={"$ref": "#/components/schemas/Wide"}, Wide=wide)


def test_a_large_schema_in_an_operation_is_referred_to_by_its_place(shop: Importing) -> None:
    """With `ref` a schema without a name stays in the source too; a short one is read where it is used."""
    path = shop.write(json.dumps(source()), "api.json")
    text = shop.new(path, schemas="ref").text
    place = "../api.json#/paths/~1orders~1%7Bid%7D/put"
    assert f"$ref: '{place}/requestBody/content/application~1json/schema'" in text
    assert f"$ref: '{place}/responses/200/content/application~1json/schema'" in text
    assert "        required: [code]" in text
    assert "## Components" not in text
    assert shop.errors(text) == []
    operation = shop.plan(text).operations["put_orders_by_id"]
    assert not operation.wire.body.schema.is_valid({"field1": 1})
    assert not operation.result.schema.is_valid({"field2": 1})
    assert shop.again(text, path).changes == ()


def test_a_schema_that_had_to_be_mended_stays_in_the_spec_where_it_stood(shop: Importing) -> None:
    """What has no name in the source gets none in the spec."""
    broken = {**WIDE, "properties": {**WIDE["properties"], "odd": {"type": "strnig"}}}
    text = shop.new(shop.write(json.dumps(source(body=broken)), "api.json"), schemas="ref").text
    assert "requestBody" not in text
    assert "field11:" in text
    assert "## Components" not in text
    assert shop.errors(text) == []


def test_what_is_sent_does_not_require_what_the_service_sets_there_either(shop: Importing) -> None:
    """A schema with a required `readOnly` field means something else in the source: it is kept, with what leads to it."""
    order = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "readOnly": True}}}
    outer = {"type": "object", "properties": {"order": {"$ref": "#/components/schemas/Order"}}}
    given = source(
        body={"$ref": "#/components/schemas/Outer"}, answer={"$ref": "#/components/schemas/Other"},
        Order=order, Outer=outer, Other=WIDE,
    )  # fmt: skip
    text = shop.new(shop.write(json.dumps(given), "api.json"), schemas="ref").text
    assert "$ref: '../api.json#/components/schemas/Other'" in text
    assert "    Order:" in text
    assert "    Outer:" in text
    assert shop.plan(text).operations["put_orders_by_id"].wire.body.schema.is_valid({"order": {}})


def test_schemas_that_are_too_many_to_read_stay_in_the_source(shop: Importing) -> None:
    """Without a choice a large source in the workspace is referred to, and that is told; the next import does the same."""
    path = shop.write(json.dumps(large(1_200)), "api.json")
    made = shop.new(path)
    assert made.note is not None
    assert "the schemas of api.json are too large for a spec" in made.note
    assert "../api.json" in made.note
    assert "$ref: '../api.json#/components/schemas/Wide'" in made.text
    assert len(made.text) < 10_000
    again = shop.again(made.text, path)
    assert (again.changes, again.note, again.text) == ((), None, made.text)
    assert shop.errors(made.text) == []


def test_a_small_source_is_kept_in_the_spec(shop: Importing) -> None:
    """Nothing is decided, and nothing told, where the whole can be read."""
    made = shop.new(shop.write(json.dumps(large(10)), "api.json"))
    assert made.note is None
    assert "    Wide:" in made.text


def test_a_large_source_elsewhere_leaves_its_schemas_beside_the_spec(shop: Importing) -> None:
    """A spec can't refer out of its workspace: what it needs of the source comes into a file beside it."""
    elsewhere = shop.root.parent / "elsewhere.json"
    elsewhere.write_text(json.dumps(large(4_200)))
    made = shop.new(elsewhere)
    assert made.note is None
    assert made.schemas_file is not None
    assert "    Wide:" in made.schemas_file.text
    assert shop.errors(made.text) == []
    with pytest.raises(UsageError, match=r"copy elsewhere\.json into the workspace"):
        shop.new(elsewhere, schemas="inline")


def test_inline_stays_inline_when_it_is_asked_for(shop: Importing) -> None:
    """`--schemas inline` is obeyed as far as it fits; what outgrows a spec is refused with the way out."""
    path = shop.write(json.dumps(large(1_200)), "api.json")
    made = shop.new(path, schemas="inline")
    assert "    Wide:" in made.text
    path.write_text(json.dumps(large(4_200)))
    with pytest.raises(UsageError, match="leave the schemas where they are by --schemas ref"):
        shop.again(made.text, path)


def test_a_reference_that_is_encoded_already_stays_as_it_is(shop: Importing) -> None:
    """A document that points into its own paths writes braces as `%7B`, or as they are."""
    given = source()
    paths = given["paths"]
    answer = "responses/200/content/application~1json/schema"
    for name, start in (("one", "%7Bid%7D"), ("two", "{id}")):
        media = {"application/json": {"schema": {"$ref": f"#/paths/~1orders~1{start}/put/{answer}"}}}
        paths[f"/{name}"] = {"get": {"responses": {"200": {"description": "ok", "content": media}}}}
    text = shop.new(shop.write(json.dumps(given), "api.json"), schemas="ref").text
    assert text.count(f"$ref: '../api.json#/paths/~1orders~1%7Bid%7D/put/{answer}'") == 3
    assert shop.errors(text) == []
    assert not shop.plan(text).operations["get_two"].result.schema.is_valid({"field1": 1})


def test_a_schema_without_a_name_is_named_after_its_operation(shop: Importing) -> None:
    """In what is generated, and in messages, it is not one of many called `schema`."""
    text = shop.new(shop.write(json.dumps(source()), "api.json"), schemas="ref").text
    names = shop.exported(text)["components"]["schemas"]
    assert set(names) == {"put_orders_id_request", "put_orders_id_200"}
