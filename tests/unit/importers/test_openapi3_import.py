"""OpenAPI 3 into a spec: what is kept, where it stands, and what is told as lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from intertie.core.errors import UsageError
from intertie.importers import Selection
from intertie.spec.template import template_text
from support.imports import Importing, kinds

HEAD = """openapi: 3.0.3
info: {title: Shop, version: "1.10"}
servers: [{url: https://api.shop.example/v1}]
"""


@pytest.fixture
def shop(tmp_path: Path) -> Importing:
    return Importing(tmp_path)


def operation(body: str) -> str:
    """Return a document with one operation, whose lines are given."""
    lines = "\n".join(f"      {line}" for line in body.strip("\n").splitlines())
    return f"{HEAD}paths:\n  /orders/{{id}}:\n    get:\n{lines}\n"


def test_every_section_of_the_template_is_there_on_demand(shop: Importing) -> None:
    """With `complete` a spec has every heading of the founding template, in the template's order."""
    text = shop.of(operation("responses: {'200': {description: ok}}"), complete=True).text
    wanted = [line for line in template_text().splitlines() if line.startswith("## ")]
    assert [line for line in text.splitlines() if line.startswith("## ") and line != "## Components"] == wanted
    assert "requests_per_second: [number]" in text
    again = shop.again(text, shop.root / "api.yaml")
    assert (again.text, again.changes) == (text, ())


def test_a_spec_holds_what_its_source_says(shop: Importing) -> None:
    """Without it there is no placeholder, and no section that would be empty; what is open is said once."""
    text = shop.of(operation("responses: {'200': {description: ok}}")).text
    assert (
        text.partition("<!--")[0]
        == """---
id: INT-001
type: Integration
name: Shop
status: draft
service: shop
related: []
---
# Shop

> Imported from `api.yaml`. Still to decide: authentication, rate limits, timeouts, retries, error mapping and costs.

## Service Overview
The API of Shop.

## Integration Type
- **Protocol**: REST
- **Data Format**: JSON
- **Communication**: Synchronous

## Service Configuration
```yaml
service:
  name: shop
  version: "1.10"
  base_url: https://api.shop.example/v1
```

## API Endpoints

### Get Orders By Id
```yaml
endpoint:
  path: /orders/{id}
  method: GET

request:
  parameters:
    - name: id  # guessed from the placeholder in the path
      in: path
      type: string
      required: true

response:
  success:
    status: 200
```

"""
    )


def test_an_operation_becomes_an_endpoint(shop: Importing) -> None:
    """Path, method, description, parameters with their style, defaults and enums, body and answers stand in the block."""
    text = shop.of(
        HEAD
        + """paths:
  /orders/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string, format: uuid}}
      - {name: page, in: query, schema: {type: string}}
    post:
      operationId: updateOrder
      description: Changes an order.
      parameters:
        - {name: page, in: query, schema: {type: integer, default: 1, minimum: 1}}
        - {name: fields, in: query, explode: false, schema: {type: array, items: {type: string, enum: [a, b]}}}
        - {name: X-Shop, in: header, required: true, schema: {type: string}}
      requestBody:
        required: true
        content: {application/json: {schema: {type: object, properties: {note: {type: string}}}}}
      responses:
        '200': {description: ok, content: {application/json: {schema: {type: object}, example: {id: o1}}}}
        '429': {description: Slow down, headers: {Retry-After: {schema: {type: integer}}}}
        default: {description: Anything else}
"""
    ).text
    endpoint = shop.load(text).spec.endpoints[0]
    assert endpoint.name.value == "Update Order"
    assert endpoint.endpoint.path.value == "/orders/{id}"
    parameters = {each.name.value: each for each in endpoint.request.parameters}
    assert list(parameters) == ["id", "page", "fields", "X-Shop"]
    assert parameters["page"].type.value == "integer"
    assert parameters["page"].default.value == 1
    assert parameters["fields"].explode.value is False
    assert parameters["fields"].items.value == {"type": "string", "enum": ["a", "b"]}
    assert endpoint.request.body.content_type.value == "application/json"
    assert endpoint.response.success.example.value == {"id": "o1"}
    errors = {status.value: answer for status, answer in endpoint.response.errors}
    assert errors["429"].retry_after.value == "Retry-After"
    assert "default" in errors
    assert shop.errors(text) == []
    assert "update_order" in shop.plan(text).operations


def test_a_body_of_nothing_is_none_where_the_method_sends_none(shop: Importing) -> None:
    """Some generators give every operation a body; what a GET's says nothing of is left out, and told."""
    body = "requestBody: {content: {application/json: {schema: SCHEMA}}}\nresponses: {'200': {description: ok}}"
    empty = shop.of(operation(body.replace("SCHEMA", "{type: object, properties: {}, additionalProperties: false}")))
    assert "  body:\n" not in empty.text
    assert "empty-body" in kinds(empty)
    assert "  body:\n" in shop.of(operation(body.replace("SCHEMA", "{type: object, properties: {a: {}}}"))).text


def test_headings_are_unique_and_made_from_what_there_is(shop: Importing) -> None:
    """Without an operationId the summary names an endpoint, without that its request line; equal ones are numbered."""
    imported = shop.of(
        HEAD
        + """paths:
  /a: {get: {operationId: listThings, responses: {}}, post: {summary: List things, responses: {}}}
  /b/{id}: {get: {responses: {}}, delete: {operationId: '…', responses: {}}}
"""
    )
    assert imported.operations == ("List Things", "List Things 2", "Get B By Id", "Delete B By Id")
    assert len(shop.plan(imported.text).operations) == 4


def test_only_schemas_that_are_reached_are_kept_under_their_names(shop: Importing) -> None:
    """Components hold what the operations refer to, directly or through others, recursion included, and nothing else."""
    text = shop.of(
        operation(
            "responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Node'}}}}}"
        )
        + """components:
  schemas:
    Node: {type: object, properties: {next: {$ref: '#/components/schemas/Node'}, tag: {$ref: '#/components/schemas/Tag'}}}
    Tag: {type: string, nullable: true}
    Unused: {type: integer}
"""
    ).text
    assert "    Node:" in text
    assert "    Tag:" in text
    assert "Unused" not in text
    schema = shop.plan(text).operations["get_orders_by_id"].result.schema
    assert schema.is_valid({"next": {"next": {"tag": None}}})
    assert not schema.is_valid({"next": {"next": {"tag": 3}}})


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ("{$ref: '#/components/schemas/Missing'}", "broken-reference"),
        ("{$ref: '#/servers/²'}", "broken-reference"),
        (f"{{$ref: '#/servers/{'9' * 5000}'}}", "broken-reference"),
        ("{$ref: 'other.yaml#/Thing'}", "external-reference"),
        ("{$ref: 'https://example.com/thing.json'}", "external-reference"),
        ("{type: strnig}", "schema-mended"),
        ("{type: object, required: true}", "schema-mended"),
        ("{type: string, pattern: '(?<oops'}", "schema-mended"),
        ("{type: object, x-color: red}", "extension"),
        ("{oneOf: [{type: string}], discriminator: {propertyName: kind}}", "discriminator"),
        ("{type: object, xml: {name: a}}", "xml-shape"),
    ],
)
def test_a_schema_that_can_not_stand_as_it_is_is_mended_and_told(shop: Importing, schema: str, kind: str) -> None:
    """What would break the check of a schema is left out with a loss that names the place; the spec stays sound."""
    imported = shop.of(
        operation(f"responses: {{'200': {{description: ok, content: {{application/json: {{schema: {schema}}}}}}}}}")
    )
    assert kind in kinds(imported)
    assert all(loss.where.startswith("#/paths/~1orders~1{id}/get") for loss in imported.losses)
    assert shop.errors(imported.text) == []
    assert shop.compile(imported.text).plan is not None


def test_schemas_that_only_refer_to_each_other_are_opened(shop: Importing) -> None:
    """Two schemas that are nothing but each other let any value pass, and are told."""
    imported = shop.of(
        operation(
            "responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}"
        )
        + "components: {schemas: {A: {$ref: '#/components/schemas/B'}, B: {allOf: [{$ref: '#/components/schemas/A'}]}}}\n"
    )
    assert "circular-reference" in kinds(imported)
    assert shop.errors(imported.text) == []


def test_what_only_the_service_sets_is_not_asked_of_a_request(shop: Importing) -> None:
    """A required readOnly field of a schema that is sent is required no more, so that calls can be made."""
    imported = shop.of(
        HEAD
        + """paths:
  /orders:
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}
      responses: {'201': {description: made}}
components:
  schemas:
    Order: {type: object, required: [id, item], properties: {id: {type: string, readOnly: true}, item: {type: string}}}
"""
    )
    assert "read-only-field" in kinds(imported)
    body = shop.plan(imported.text).operations["post_orders"].wire.body
    assert body.schema.is_valid({"item": "a"})
    assert not body.schema.is_valid({"id": "1"})


def test_references_to_parameters_bodies_and_answers_are_followed(shop: Importing) -> None:
    """`$ref` to a parameter, request body, response and example leads to what it names."""
    text = shop.of(
        HEAD
        + """paths:
  /orders:
    post:
      parameters: [{$ref: '#/components/parameters/Page'}]
      requestBody: {$ref: '#/components/requestBodies/Order'}
      responses: {'200': {$ref: '#/components/responses/Order'}}
components:
  parameters: {Page: {name: page, in: query, schema: {type: integer}}}
  requestBodies: {Order: {content: {application/json: {schema: {type: object}}}}}
  responses:
    Order: {description: ok, content: {application/json: {examples: {one: {$ref: '#/components/examples/one'}}}}}
  examples: {one: {value: {a: 1}}}
"""
    ).text
    endpoint = shop.load(text).spec.endpoints[0]
    assert endpoint.request.parameters[0].name.value == "page"
    assert endpoint.request.body.required.value is False
    assert endpoint.response.success.example.value == {"a": 1}


def test_what_has_no_place_in_a_spec_is_told(shop: Importing) -> None:
    """Webhooks, callbacks, cookies, links, other content types and per-operation servers are losses with their place."""
    imported = shop.of(
        HEAD
        + """paths:
  /orders:
    post:
      servers: [{url: https://other.example}]
      parameters: [{name: sid, in: cookie, schema: {type: string}}, {name: Accept, in: header, schema: {type: string}}]
      requestBody: {content: {text/csv: {}, application/json: {}}}
      responses:
        '200': {description: ok, links: {self: {}}, headers: {X-Total: {}}, content: {application/json: {}, text/csv: {}}}
        '304': {description: same}
      callbacks: {paid: {}}
    trace: {responses: {}}
webhooks: {newOrder: {post: {responses: {}}}}
"""
    )
    told = {(loss.kind, loss.what, loss.where) for loss in imported.losses}
    post = "#/paths/~1orders/post"
    assert ("cookie-parameter", "sid", f"{post}/parameters/0") in told
    assert ("reserved-header", "Accept", f"{post}/parameters/1") in told
    assert ("request-media-type", "text/csv", f"{post}/requestBody/content/text~1csv") in told
    assert ("answer-media-type", "text/csv", f"{post}/responses/200/content/text~1csv") in told
    assert ("link", "self", f"{post}/responses/200/links/self") in told
    assert ("answer-header", "X-Total", f"{post}/responses/200/headers/X-Total") in told
    assert ("answer-status", "304", f"{post}/responses/304") in told
    assert ("callback", "paid", f"{post}/callbacks/paid") in told
    assert ("operation-server", "servers", f"{post}/servers") in told
    assert ("method", "TRACE", "#/paths/~1orders/trace") in told
    assert ("webhook", "newOrder", "#/webhooks/newOrder") in told


def test_scalars_keep_the_text_they_were_written_with(shop: Importing) -> None:
    """YAML 1.1's traps are none: `1.10`, `no`, dates and times stay what they say, also when they are read again."""
    text = shop.of(
        operation(
            """
parameters:
  - {name: country, in: query, schema: {type: string, enum: [no, de, 1.10, 2025-12-31, 10:30], default: no}}
responses: {200: {description: ok}}
"""
        )
    ).text
    parameter = next(
        each for each in shop.load(text).spec.endpoints[0].request.parameters if each.name.value == "country"
    )
    assert parameter.default.value == "no"
    assert parameter.enum.value[0] == "no"
    assert parameter.enum.value[3:] == ["2025-12-31", "10:30"]
    assert shop.load(text).spec.service.version.value == "1.10"


@pytest.mark.parametrize(
    ("schema", "kept"),
    [
        ("{type: integer, default: '10'}", 10),
        ("{type: integer, default: many}", None),
        ("{type: string, enum: [a, b], default: c}", None),
        ("{type: boolean, default: 'false'}", False),
        ("{type: string, default: '[all]'}", None),
        ("{type: integer, maximum: 10, default: 20}", None),
        ("{type: string, format: date, default: today}", None),
        ("{type: array, items: {type: string}, default: [a]}", ["a"]),
        ("{type: array, items: {type: integer}, default: [a]}", None),
    ],
)
def test_a_default_is_sent_only_where_it_fits(shop: Importing, schema: str, kept: object) -> None:
    """A default that is not of the parameter's own type would fail every call: it is mended, or left out and told."""
    imported = shop.of(operation(f"parameters: [{{name: n, in: query, schema: {schema}}}]\nresponses: {{}}"))
    parameter = next(
        each for each in shop.load(imported.text).spec.endpoints[0].request.parameters if each.name.value == "n"
    )
    assert (parameter.default.value if parameter.default else None) == kept
    assert ("default-value" in kinds(imported)) is (kept is None)


def test_text_that_looks_unfilled_is_no_placeholder(shop: Importing) -> None:
    """Brackets in descriptions, enums and schemas of the source never read as the template's placeholders."""
    imported = shop.of(
        operation(
            """
description: "Use [start|end] or [schema_name]. [Deprecated]"
parameters:
  - {name: sort, in: query, description: "[asc|desc]", schema: {type: string, pattern: "[a-z]"}}
responses:
  '200':
    description: ok
    content: {application/json: {schema: {type: object, description: "one of [a|b]", properties: {a: {enum: ["[x|y]"]}}}}}
"""
        )
    )
    spec = shop.load(imported.text).spec
    assert spec.endpoints[0].endpoint.description.value.startswith("Use (start|end)")
    assert spec.endpoints[0].request.parameters[0].pattern.value == "(?:[a-z])"
    schema = shop.plan(imported.text).operations["get_orders_by_id"].result.schema
    assert schema.is_valid({"a": "[x|y]"})
    assert not schema.is_valid({"a": "x"})


def test_credentials_in_a_source_do_not_reach_the_spec(shop: Importing) -> None:
    """What looks like a credential in examples and prose is left out, and the check finds none."""
    key = "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc"
    imported = shop.of(
        operation(
            f"description: Try {key}.\nresponses: {{'200': {{description: ok, content: {{application/json: {{example: {{key: {key}}}}}}}}}}}"
        )
    )
    assert key not in imported.text
    assert "example" in kinds(imported)
    assert shop.errors(imported.text) == []


def test_a_part_is_imported_by_tag_path_and_name(shop: Importing) -> None:
    """--tag, --path and --operation choose operations; together an operation must fit each kind."""
    source = (
        HEAD
        + """paths:
  /v1/charges: {get: {operationId: listCharges, tags: [Charges], responses: {}}, post: {operationId: charge, tags: [Charges], responses: {}}}
  /v1/refunds: {get: {operationId: listRefunds, tags: [Refunds], responses: {}}}
"""
    )
    path = shop.write(source)
    assert shop.new(path, selection=Selection(tags=("charges",))).operations == ("List Charges", "Charge")
    assert shop.new(path, selection=Selection(paths=("/v1/ref*",))).operations == ("List Refunds",)
    assert shop.new(path, selection=Selection(operations=("list_refunds", "POST /v1/charges"))).operations == (
        "Charge",
        "List Refunds",
    )
    assert shop.new(path, selection=Selection(tags=("Charges",), operations=("charge",))).operations == ("Charge",)
    with pytest.raises(UsageError, match="did you mean `Refunds`"):
        shop.new(path, selection=Selection(tags=("Refund",)))
    with pytest.raises(UsageError, match="no operation matches --tag"):
        shop.new(path, selection=Selection(tags=("Refunds",), operations=("charge",)))


def test_schemas_can_stay_in_the_source(shop: Importing) -> None:
    """With `ref` the spec refers to the source, which must lie in the workspace; what had to be mended is kept inline."""
    source = {
        "openapi": "3.0.0",
        "info": {"title": "Shop", "version": "1"},
        "servers": [{"url": "https://api.shop.example"}],
        "paths": {
            "/orders": {
                "get": {
                    "responses": {
                        "200": {
                            "description": "",
                            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Good"}}},
                        },
                        "400": {
                            "description": "",
                            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Bad"}}},
                        },
                    }
                }
            }
        },
        "components": {
            "schemas": {
                "Good": {
                    "type": "object",
                    "required": ["id"],
                    "properties": {"id": {"$ref": "#/components/schemas/Id"}},
                },
                "Id": {"type": "string", "nullable": True},
                "Bad": {"type": "object", "properties": {"id": {"type": "strnig"}}},
            }
        },
    }
    path = shop.write(json.dumps(source), "api.json")
    text = shop.new(path, schemas="ref").text
    assert "$ref: '../api.json#/components/schemas/Good'" in text
    assert "    Bad:" in text
    assert "    Good:" not in text
    assert shop.errors(text) == []
    schema = shop.plan(text).operations["get_orders"].result.schema
    assert schema.is_valid({"id": None})
    assert not schema.is_valid({})
    elsewhere = shop.root.parent / "elsewhere.json"
    elsewhere.write_text(json.dumps(source))
    with pytest.raises(UsageError, match="inside the workspace"):
        shop.new(elsewhere, schemas="ref")


def test_what_the_source_suggests_is_marked_as_a_guess(shop: Importing) -> None:
    """Pages, idempotency keys and rates in prose are written with a comment `guessed from`, and told as guesses."""
    imported = shop.of(
        """openapi: 3.0.0
info: {title: Shop, version: '1', description: 'You may make 100 requests per minute.'}
servers: [{url: https://api.shop.example}]
paths:
  /orders:
    get:
      parameters:
        - {name: cursor, in: query, schema: {type: string}}
        - {name: limit, in: query, schema: {type: integer}}
      responses:
        '200':
          description: ok
          content:
            application/json:
              schema: {type: object, properties: {data: {type: array, items: {}}, next_cursor: {type: string}, has_more: {type: boolean}}}
    post:
      parameters: [{name: Idempotency-Key, in: header, schema: {type: string}}]
      responses: {'201': {description: made}}
"""
    )
    text = imported.text
    assert "pagination:  # guessed from the parameter cursor and the field next_cursor" in text
    assert "- name: Idempotency-Key  # guessed from the header's name" in text
    assert "requests_per_minute: 100  # guessed from the description: 100 requests per minute" in text
    assert {guess.what for guess in imported.guesses} == {
        "pagination",
        "idempotency key Idempotency-Key",
        "rate limits",
    }
    plan = shop.plan(text)
    assert dict(plan.operations["get_orders"].pagination.options)["more_path"] == "has_more"
    assert plan.operations["post_orders"].idempotency_header == "Idempotency-Key"
    assert plan.limits.windows[0].limit == 100


def test_operations_that_differ_by_a_fragment_are_all_there(shop: Importing) -> None:
    """Two operations with one method and path are two endpoints; what told them apart is a loss."""
    answers = {"200": {"description": "ok"}}
    paths = {
        "/a": {"get": {"operationId": "listAll", "responses": answers}},
        "/a#name": {"get": {"operationId": "byName", "responses": answers}},
    }
    source = {"openapi": "3.0.0", "info": {}, "servers": [{"url": "https://x.example"}], "paths": paths}
    path = shop.write(json.dumps(source))
    made = shop.new(path)
    assert list(shop.plan(made.text).operations) == ["list_all", "by_name"]
    assert shop.again(made.text, path).changes == ()
    assert shop.errors(made.text) == []


def test_a_path_may_mark_a_placeholder_by_a_colon(shop: Importing) -> None:
    """`/hooks/:id` is read as `/hooks/{id}`, as whoever reads the spec does."""
    paths = {"/hooks/{owner}/:id": {"get": {"responses": {"200": {"description": "ok"}}}}}
    source = {"openapi": "3.0.0", "info": {}, "servers": [{"url": "https://x.example"}], "paths": paths}
    made = shop.of(json.dumps(source))
    (operation,) = made.description.operations
    assert operation.path == "/hooks/{owner}/{id}"
    assert [each.name for each in operation.parameters] == ["owner", "id"]
    assert shop.errors(made.text) == []


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ({"type": "integer"}, "page_parameter: page"),
        ({"type": "integer", "maximum": 0}, "first: 0"),
        ({"type": "string"}, None),
        ({"type": "integer", "minimum": 2}, None),
    ],
)
def test_pages_are_guessed_where_they_can_be_asked_for(shop: Importing, page: dict, expected: str | None) -> None:
    """A parameter that takes no number is no page; the first page is one that it takes."""
    answer = {"type": "object", "properties": {"items": {"type": "array"}, "total": {"type": "object"}}}
    operation = {
        "parameters": [{"name": "page", "in": "query", "schema": page}],
        "responses": {"200": {"description": "ok", "content": {"application/json": {"schema": answer}}}},
    }
    source = {
        "openapi": "3.0.0",
        "info": {},
        "servers": [{"url": "https://x.example"}],
        "paths": {"/a": {"get": operation}},
    }
    text = shop.of(json.dumps(source)).text
    assert ("pagination:" in text) is (expected is not None)
    assert expected is None or expected in text
    assert shop.errors(text) == []


def test_a_parameter_is_described_by_its_schema_where_it_is_not_itself(shop: Importing) -> None:
    """Many descriptions say what a parameter is in its schema, which may be one of several parameters."""
    parameters = [
        {"name": "a", "in": "query", "schema": {"type": "string", "description": "Of the schema."}},
        {
            "name": "b",
            "in": "query",
            "description": "Its own.",
            "schema": {"type": "string", "description": "Of the schema."},
        },
        {"name": "c", "in": "query", "schema": {"$ref": "#/components/schemas/Id"}},
    ]
    source = {
        "openapi": "3.0.0", "info": {}, "servers": [{"url": "https://x.example"}],
        "paths": {"/a": {"get": {"parameters": parameters, "responses": {"200": {"description": "ok"}}}}},
        "components": {"schemas": {"Id": {"type": "string", "description": "An id."}}},
    }  # fmt: skip
    (operation,) = shop.of(json.dumps(source)).description.operations
    assert [each.description for each in operation.parameters] == ["Of the schema.", "Its own.", "An id."]


def test_schemas_that_no_value_fits_are_mended(shop: Importing) -> None:
    """A tree whose leaves need leaves, and choices of another type, are mended and told."""
    tree = {
        "type": "object",
        "required": ["name", "child"],
        "properties": {"name": {"type": "string"}, "child": {"$ref": "#/components/schemas/Tree"}},
    }
    linked = {
        **tree,
        "properties": {
            **tree["properties"],
            "child": {"type": "array", "items": {"$ref": "#/components/schemas/Linked"}},
        },
    }
    choice = {"type": "string", "enum": ["a", 969]}
    answer = {
        "type": "object",
        "properties": {name: {"$ref": f"#/components/schemas/{name}"} for name in ("Tree", "Linked", "Choice")},
    }
    source = {
        "openapi": "3.0.0", "info": {}, "servers": [{"url": "https://x.example"}],
        "paths": {"/a": {"get": {"responses": {
            "200": {"description": "ok", "content": {"application/json": {"schema": answer}}}}}}},
        "components": {"schemas": {"Tree": tree, "Linked": linked, "Choice": choice}},
    }  # fmt: skip
    made = shop.of(json.dumps(source))
    assert shop.errors(made.text) == []
    schemas = made.description.components
    assert schemas["Tree"]["required"] == ["name"]
    assert schemas["Linked"]["required"] == ["name", "child"]
    assert schemas["Choice"]["enum"] == ["a"]
    mended = {loss.what for loss in made.losses if loss.kind == "schema-mended"}
    assert mended == {"enum", "required child"}


def test_a_style_of_another_type_is_told(shop: Importing) -> None:
    """Lists are delimited, objects are deep: what OpenAPI's own examples mix is sent as a form, and told."""
    schemas = {
        "list": {"type": "array", "items": {"type": "string"}},
        "object": {"type": "object"},
        "word": {"type": "string"},
    }
    parameters = [
        {"name": f"{name}_{style}", "in": "query", "style": style, "schema": schema}
        for name, schema in schemas.items()
        for style in ("spaceDelimited", "pipeDelimited", "deepObject")
    ]
    paths = {"/a": {"get": {"parameters": parameters, "responses": {"200": {"description": "ok"}}}}}
    made = shop.of(
        json.dumps({"openapi": "3.1.0", "info": {}, "servers": [{"url": "https://x.example"}], "paths": paths})
    )
    assert shop.errors(made.text) == []
    kept = [each.name for each in made.description.operations[0].parameters if "style" in each.fields]
    assert kept == ["list_spaceDelimited", "list_pipeDelimited", "object_deepObject"]
    lost = [loss.what for loss in made.losses if loss.kind == "parameter-constraint"]
    assert sorted(set(lost)) == ["style deepObject", "style pipeDelimited", "style spaceDelimited"]


def test_a_source_that_is_too_large_says_how_to_take_a_part(shop: Importing) -> None:
    """More operations than one spec holds are refused with the tags there are."""
    paths = {
        f"/p{number}": {
            "get": {
                "tags": [f"t{number % 3}"],
                "parameters": [
                    {"name": f"q{n}", "in": "query", "schema": {"type": "string", "enum": list("abcdefghij")}}
                    for n in range(30)
                ],
                "responses": {},
            }
        }
        for number in range(640)
    }
    source = {"openapi": "3.0.0", "info": {"title": "Big"}, "servers": [{"url": "https://big.example"}], "paths": paths}
    path = shop.write(json.dumps(source), "big.json")
    with pytest.raises(
        UsageError, match=r"the 640 operations of big\.json .* --tag \(t0 \(214\), t1 \(213\), t2 \(213\)\)"
    ):
        shop.new(path)
    assert len(shop.new(path, selection=Selection(paths=("/p1*",))).operations) == 111


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("{'*/*': {schema: {type: object}}}", "*/*"),
        ("{text/xml: {schema: {type: object}}, application/x-amz-json-1.1: {schema: {type: object}}}", "application/x-amz-json-1.1"),
        ("{text/plain: {}, text/json: {schema: {type: object}}}", "text/json"),
        ("{image/png: {}, application/problem+json: {}, application/json: {}}", "application/json"),
    ],
)  # fmt: skip
def test_of_several_media_types_json_is_taken_however_it_is_written(shop: Importing, written: str, kept: str) -> None:
    """By its structure; an answer of any type promises none."""
    text = shop.of(operation(f"responses: {{'200': {{description: ok, content: {written}}}}}")).text
    assert shop.load(text).spec.endpoints[0].response.success.content_type.value == kept
    assert shop.errors(text) == []
