"""Servers as environments, security schemes as one credential."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.imports import Importing, kinds


@pytest.fixture
def shop(tmp_path: Path) -> Importing:
    return Importing(tmp_path)


def source(servers: object = None, schemes: object = None, security: object = None, own: object = None) -> str:
    operation: dict[str, object] = {"responses": {"200": {"description": "ok"}}}
    if own is not None:
        operation["security"] = own
    document: dict[str, object] = {
        "openapi": "3.1.0",
        "info": {"title": "Shop", "version": "1"},
        "servers": servers if servers is not None else [{"url": "https://api.shop.example"}],
        "paths": {"/orders": {"get": operation}},
        "components": {"securitySchemes": schemes or {}},
    }
    if security is not None:
        document["security"] = security
    return json.dumps(document)


def environments(shop: Importing, text: str) -> dict[str, str]:
    return {name.value: url.value for name, url in shop.load(text).spec.service.environments}


def test_servers_are_environments_by_what_they_are_called(shop: Importing) -> None:
    """Description, else host, tells production, staging, sandbox and development; production is the base URL."""
    servers = [
        {"url": "https://api.shop.example/v2/", "description": "Live"},
        {"url": "https://sandbox.shop.example"},
        {"url": "https://x.shop.example", "description": "Staging environment"},
        {"url": "http://localhost:3000"},
        {"url": "https://eu.shop.example", "description": "EU production"},
    ]
    text = shop.of(source(servers), "api.json").text
    assert environments(shop, text) == {
        "development": "http://localhost:3000",
        "staging": "https://x.shop.example",
        "production": "https://api.shop.example/v2",
        "sandbox": "https://sandbox.shop.example",
        "eu-production": "https://eu.shop.example",
    }
    assert shop.load(text).spec.service.base_url.value == "https://api.shop.example/v2"
    assert shop.errors(text) == []


def test_variables_of_a_server_are_filled(shop: Importing) -> None:
    """A variable whose choices are environments gives one each; another takes its default, and is told."""
    servers = [
        {
            "url": "https://{stage}.shop.example/{version}",
            "variables": {"stage": {"default": "api", "enum": ["api", "sandbox"]}, "version": {"default": "v3"}},
        }
    ]
    imported = shop.of(source(servers), "api.json")
    assert environments(shop, imported.text) == {
        "production": "https://api.shop.example/v3",
        "sandbox": "https://sandbox.shop.example/v3",
    }
    assert ("server-variable", "version") in {(loss.kind, loss.what) for loss in imported.losses}


def test_a_relative_server_is_never_invented(shop: Importing) -> None:
    """Without a host calls go to this machine only, marked as a guess; --base-url says where it is."""
    imported = shop.of(source([{"url": "/api/v3"}]), "api.json")
    assert environments(shop, imported.text) == {"development": "http://127.0.0.1:8080/api/v3"}
    assert "base_url:" not in imported.text
    assert "Still to decide: base URL, " in imported.text
    assert shop.errors(imported.text) == []
    given = shop.of(source([{"url": "/api/v3"}]), "api.json", base_url="https://pets.example")
    assert shop.load(given.text).spec.service.base_url.value == "https://pets.example/api/v3"


@pytest.mark.parametrize(
    "url",
    [
        "https://me:pw@api.example",
        "https://api.example?a=1",
        "ftp://api.example",
        "https://{tenant}.api.example",
        "https://a b",
    ],
)
def test_a_url_that_can_not_be_called_is_told(shop: Importing, url: str) -> None:
    """A server with credentials, a query, another scheme or an open variable is a loss, and the spec stays sound."""
    imported = shop.of(source([{"url": url}]), "api.json")
    assert "server" in kinds(imported)
    assert "pw" not in imported.text
    assert shop.errors(imported.text) == []


def test_plain_http_is_for_development(shop: Importing) -> None:
    """A service that is only there unencrypted is an environment called development, marked as a guess."""
    imported = shop.of(source([{"url": "http://api.shop.example"}]), "api.json")
    assert environments(shop, imported.text) == {"development": "http://api.shop.example"}
    assert "# guessed: the URL is not encrypted" in imported.text
    assert shop.errors(imported.text) == []


@pytest.mark.parametrize(
    ("scheme", "lines"),
    [
        (
            {"type": "apiKey", "in": "header", "name": "X-Key"},
            ["type: api_key", "key_location: header", "key_name: X-Key"],
        ),
        ({"type": "apiKey", "in": "query", "name": "key"}, ["type: api_key", "key_location: query", "key_name: key"]),
        ({"type": "http", "scheme": "Bearer"}, ["type: api_key", "key_name: Authorization", "scheme: Bearer"]),
        ({"type": "http", "scheme": "basic"}, ["type: basic"]),
        (
            {
                "type": "oauth2",
                "flows": {"clientCredentials": {"tokenUrl": "https://auth.example/token", "scopes": {"read": ""}}},
            },
            [
                "type: oauth",
                "grant_type: client_credentials",
                "token_url: https://auth.example/token",
                "scopes: [read]",
            ],
        ),
        (
            {
                "type": "oauth2",
                "flows": {
                    "authorizationCode": {
                        "tokenUrl": "https://a.example/t",
                        "authorizationUrl": "https://a.example/a",
                        "scopes": {},
                    }
                },
            },
            ["type: api_key  # an OAuth access token with read", "scheme: Bearer"],
        ),
        (
            {"type": "oauth2", "flows": {"implicit": {"authorizationUrl": "https://a.example/a", "scopes": {}}}},
            ["type: api_key  # an OAuth access token with read", "scheme: Bearer"],
        ),
    ],
)
def test_a_security_scheme_is_the_authentication(shop: Importing, scheme: dict, lines: list[str]) -> None:
    """apiKey, basic, bearer and OAuth stand in `authentication` as a spec says them, with the scopes that are needed."""
    scopes = ["read"] if scheme["type"] == "oauth2" else []
    imported = shop.of(source(schemes={"key": scheme}, security=[{"key": scopes}]), "api.json")
    for line in lines:
        assert line in imported.text
    assert shop.errors(imported.text) == []


def test_the_credential_that_most_operations_take_is_the_one(shop: Importing) -> None:
    """Of several schemes the one that operations ask for is used; the others, and public operations, are told."""
    schemes = {"basic": {"type": "http", "scheme": "basic"}, "key": {"type": "apiKey", "in": "header", "name": "X-Key"}}
    imported = shop.of(source(schemes=schemes, security=[{"basic": []}], own=[{"key": []}]), "api.json")
    assert "key_name: X-Key" in imported.text
    assert ("security-scheme", "basic") in {(loss.kind, loss.what) for loss in imported.losses}
    assert "public-operation" in kinds(shop.of(source(schemes=schemes, security=[{"key": []}], own=[]), "api.json"))


def test_a_second_key_goes_along(shop: Importing) -> None:
    """Where a call needs two keys the second one is a header read from a variable."""
    schemes = {
        "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "app": {"type": "apiKey", "in": "header", "name": "X-App"},
    }
    text = shop.of(source(schemes=schemes, security=[{"key": [], "app": []}]), "api.json").text
    headers = shop.plan(text).operations["get_orders"].wire.headers
    assert [(header.name, header.value) for header in headers] == [("X-App", "{env:SHOP_X_APP}")]
    assert shop.errors(text) == []


def test_a_key_that_an_operation_declares_as_a_parameter_too_is_sent_once(shop: Importing) -> None:
    """What `authentication` and second keys send is no parameter of the caller's."""
    schemes = {
        "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "app": {"type": "apiKey", "in": "header", "name": "X-App"},
    }
    document = json.loads(source(schemes=schemes, security=[{"key": [], "app": []}]))
    document["paths"]["/orders"]["get"]["parameters"] = [
        {"name": name, "in": "header", "required": True, "schema": {"type": "string"}} for name in ("x-key", "x-app")
    ]
    text = shop.of(json.dumps(document), "api.json").text
    operation = shop.plan(text).operations["get_orders"]
    assert [header.name for header in operation.wire.headers] == ["X-App"]
    assert operation.wire.parameters == ()
    assert shop.errors(text) == []


def test_a_key_in_a_cookie_is_told(shop: Importing) -> None:
    """What can't be sent is left to people, and is a loss."""
    imported = shop.of(source(schemes={"c": {"type": "apiKey", "in": "cookie", "name": "sid"}}), "api.json")
    assert "authentication:" not in imported.text
    assert "Still to decide: authentication, " in imported.text
    assert ("security-kind", "apiKey in cookie") in {(loss.kind, loss.what) for loss in imported.losses}
