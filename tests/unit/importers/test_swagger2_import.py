"""Swagger 2.0 into a spec."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.imports import Importing, kinds

SOURCE = """swagger: '2.0'
info: {title: Shop, version: '1'}
host: api.shop.example
basePath: /v1
schemes: [http, https]
consumes: [application/json]
produces: [application/json, application/xml]
securityDefinitions:
  token: {type: oauth2, flow: application, tokenUrl: 'https://auth.example/t', scopes: {read: Reads}}
security: [{token: [read]}]
parameters:
  Limit: {name: limit, in: query, type: integer, maximum: 50, default: 10}
responses:
  Broken: {description: Broken, schema: {$ref: '#/definitions/Error'}}
paths:
  /orders:
    parameters: [{$ref: '#/parameters/Limit'}]
    get:
      parameters:
        - {name: ids, in: query, type: array, items: {type: integer}, collectionFormat: pipes}
        - {name: tags, in: query, type: array, items: {type: string}, collectionFormat: multi}
      responses:
        200: {description: ok, schema: {type: array, items: {$ref: '#/definitions/Order'}}, examples: {application/json: [{kind: a}]}}
        500: {$ref: '#/responses/Broken'}
    post:
      parameters: [{name: body, in: body, required: true, schema: {$ref: '#/definitions/Order'}}]
      responses: {201: {description: made}}
  /files:
    post:
      consumes: [multipart/form-data]
      parameters:
        - {name: file, in: formData, type: file, required: true}
        - {name: title, in: formData, type: string}
      responses: {200: {description: ok}}
    put:
      parameters: [{name: title, in: formData, type: string}]
      responses: {200: {description: ok}}
definitions:
  Order: {type: object, discriminator: kind, required: [kind], properties: {kind: {type: string}, next: {$ref: '#/definitions/Order'}}}
  Error: {type: object, properties: {code: {type: string}}}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Importing:
    return Importing(tmp_path)


def test_a_document_says_the_same_as_its_spec(shop: Importing) -> None:
    """Host, body and form parameters, array formats, shared parameters and answers, and OAuth come over."""
    imported = shop.of(SOURCE)
    text = imported.text
    assert shop.errors(text) == []
    spec = shop.load(text).spec
    assert spec.service.base_url.value == "https://api.shop.example/v1"
    assert "grant_type: client_credentials" in text
    endpoints = {each.name.value: each for each in spec.endpoints}
    assert [*endpoints] == ["Get Orders", "Post Orders", "Post Files", "Put Files"]
    parameters = {each.name.value: each for each in endpoints["Get Orders"].request.parameters}
    assert parameters["limit"].default.value == 10
    assert (parameters["ids"].style.value, parameters["ids"].explode) == ("pipeDelimited", None)
    assert parameters["tags"].style is None
    assert endpoints["Get Orders"].response.success.example.value == [{"kind": "a"}]
    assert endpoints["Post Orders"].request.body.schema.value.name == "Order"
    assert endpoints["Post Files"].request.body.content_type.value == "multipart/form-data"
    assert endpoints["Put Files"].request.body.content_type.value == "application/x-www-form-urlencoded"
    assert {"discriminator", "answer-media-type"} <= kinds(imported)
    plan = shop.plan(text)
    body = plan.operations["post_orders"].wire.body.schema
    assert body.is_valid({"kind": "a", "next": {"kind": "b"}})
    assert not body.is_valid({"kind": "a", "next": {}})


def test_schemas_can_stay_in_the_source(shop: Importing) -> None:
    """With `ref` a spec points at the document's own definitions."""
    text = shop.new(shop.write(SOURCE), schemas="ref").text
    assert "$ref: '../api.yaml#/definitions/Order'" in text
    assert shop.errors(text) == []
    assert shop.plan(text).operations["post_orders"].wire.body.schema.is_valid({"kind": "a"})
