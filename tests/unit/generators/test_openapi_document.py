"""A spec as an OpenAPI document, and the command that writes it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from intertie.cli.main import cli
from support.imports import Importing
from support.openapi_shape import faults

HEAD = """---
id: INT-007
type: Integration
name: Shop
status: draft
service: shop
---
# Shop

## Service Overview
Sells things.

## Service Configuration
```yaml
service:
  version: 2024-06-20
  base_url: https://api.shop.example
  environments: {sandbox: "https://sandbox.shop.example", production: "https://api.shop.example", eu: "https://${REGION:-eu}.shop.example"}
"""

ENDPOINT = """```

## API Endpoints

### Make Order
```yaml
endpoint: {path: "/orders/{shop}", method: POST, description: Makes one.}
idempotent: true
request:
  headers:
    - {name: Idempotency-Key, required: true, value: "{uuid}", description: One a call}
  parameters:
    - {name: shop, in: path, type: string, required: true, description: Which shop}
    - {name: tags, in: query, type: array, items: {type: string}, explode: false, default: [a]}
  body: {content_type: application/json, required: false, schema: {$ref: '#/components/schemas/Order'}}
response:
  success: {status: [201, 202], content_type: application/json, schema: {$ref: '#/components/schemas/Order'}, example: {id: 1}}
  errors:
    '429': {description: Slow down, retry_after: X-Wait}
    5xx: {description: Broken, schema: {type: object}}
    default: {description: Else}
performance: {p99: < 500ms}
```

## Components
```yaml
components:
  schemas:
    Order: {type: object, properties: {id: {type: integer, nullable: true}, next: {$ref: '#/components/schemas/Order'}}}
```
"""


@pytest.fixture
def shop(tmp_path: Path) -> Importing:
    return Importing(tmp_path)


def document(shop: Importing, service: str = "") -> dict:
    made = shop.exported(HEAD + service + ENDPOINT)
    assert faults(made) == []
    return made


def test_an_endpoint_becomes_an_operation(shop: Importing) -> None:
    """Parameters, headers, body, every status, errors and what only a spec knows stand in the operation."""
    operation = document(shop)["paths"]["/orders/{shop}"]["post"]
    assert operation["operationId"] == "make_order"
    assert operation["parameters"] == [
        {"name": "shop", "in": "path", "required": True, "description": "Which shop", "schema": {"type": "string"}},
        {"name": "tags", "in": "query", "required": False, "explode": False,
         "schema": {"type": "array", "items": {"type": "string"}, "default": ["a"]}},
        {"name": "Idempotency-Key", "in": "header", "required": True, "description": "One a call", "schema": {"type": "string"},
         "x-intertie-value": "{uuid}"},
    ]  # fmt: skip
    reference = {"$ref": "#/components/schemas/Order"}
    assert operation["requestBody"] == {"required": False, "content": {"application/json": {"schema": reference}}}
    assert operation["responses"]["201"]["content"] == {"application/json": {"schema": reference, "example": {"id": 1}}}
    assert operation["responses"]["202"] == {"description": "Accepted"}
    assert operation["responses"]["429"]["headers"] == {
        "X-Wait": {"schema": {"type": "string"}, "x-intertie-retry-after": True}
    }
    assert {"5XX", "default"} <= set(operation["responses"])
    assert operation["x-intertie-idempotent"] is True
    assert operation["x-intertie-performance"] == {"p99_s": 0.5}


def test_the_document_says_what_is_around(shop: Importing) -> None:
    """Title, version, hash of the spec, servers with their variables and schemas in today's dialect stand in it."""
    made = document(shop)
    text = HEAD + ENDPOINT
    assert made["info"]["title"] == "Shop"
    assert made["info"]["version"] == "2024-06-20"
    assert made["info"]["x-intertie-spec-hash"] == shop.load(text).spec.content_hash
    assert [server["url"] for server in made["servers"]] == [
        "https://api.shop.example", "https://sandbox.shop.example", "https://{REGION}.shop.example",
    ]  # fmt: skip
    assert made["servers"][2]["variables"] == {"REGION": {"default": "eu"}}
    assert made["components"]["schemas"]["Order"]["properties"]["id"] == {"type": ["integer", "null"]}


@pytest.mark.parametrize(
    ("auth", "scheme"),
    [
        ("{type: basic}", {"type": "http", "scheme": "basic"}),
        ("{type: api_key, config: {key_location: header, key_name: Authorization, scheme: Bearer}}", {"type": "http", "scheme": "bearer"}),
        ("{type: api_key, config: {key_location: header, key_name: Authorization, scheme: Token}}",
         {"type": "apiKey", "in": "header", "name": "Authorization", "x-intertie-scheme": "Token"}),
        ("{type: api_key, config: {key_location: query, key_name: key}}", {"type": "apiKey", "in": "query", "name": "key"}),
        ("{type: oauth, config: {grant_type: client_credentials, token_url: 'https://a.example/t', client_id: env:A, client_secret: env:B, scopes: [read]}}",
         {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "https://a.example/t", "scopes": {"read": ""}}}}),
        ("{type: none}", None),
    ],
)  # fmt: skip
def test_authentication_becomes_a_security_scheme(shop: Importing, auth: str, scheme: dict | None) -> None:
    """Each kind of credential that OpenAPI knows is said in its words; references to secrets stay out of it."""
    made = document(shop, f"authentication: {auth}\n")
    assert made["components"].get("securitySchemes") == ({"credential": scheme} if scheme else None)
    assert ("security" in made) is (scheme is not None)
    assert "env:" not in json.dumps(made)


def test_limits_stand_in_extensions(shop: Importing) -> None:
    """Rate limits, time limits and tries are there for who reads the document."""
    made = document(shop, "rate_limits: {requests_per_minute: 60, burst_size: 5}\nretry: {max_attempts: 3}\n")
    assert made["x-intertie-rate-limits"] == {"requests_per_minute": 60, "burst_size": 5}
    assert made["x-intertie-retry"] == {"max_attempts": 3}
    assert made["x-intertie-timeouts"]["total_s"] > 0


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["generate", *arguments], standalone_mode=False)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.return_value or 0, result.output


def test_a_stale_file_is_told(shop: Importing, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--check` passes for what was written, fails once the spec has changed, and says what to run."""
    monkeypatch.chdir(shop.root)
    shop.spec.write_text(HEAD + ENDPOINT)
    given = ("specs/shop.md", "--target", "openapi", "--output", "api.json")
    assert run(*given, "--check")[0] == 1
    assert run(*given) == (0, "wrote api.json\n")
    assert run(*given, "--check") == (0, "")
    shop.spec.write_text(HEAD + ENDPOINT.replace("Makes one.", "Makes an order."))
    status, said = run(*given, "--check")
    assert status == 1
    assert "api.json is stale; run `intertie generate specs/shop.md --target openapi --output api.json`" in said


def test_several_specs_go_into_a_folder(shop: Importing, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each spec's description is a file of the folder, named after its service."""
    monkeypatch.chdir(shop.root)
    shop.spec.write_text(HEAD + ENDPOINT)
    other = (HEAD + ENDPOINT).replace("INT-007", "INT-008").replace("service: shop", "service: other")
    (shop.root / "specs" / "other.md").write_text(other)
    assert run("specs/shop.md", "INT-008", "--target", "openapi", "--output", "api")[0] == 0
    assert sorted(path.name for path in (shop.root / "api").iterdir()) == ["other.openapi.json", "shop.openapi.json"]
