"""Whether a document has the shape that OpenAPI 3.1 asks for, judged by its rules one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator

import jsonschema_rs

_OPERATIONS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
_PLACES = {"query", "path", "header", "cookie"}
_STYLES = {
    "query": {"form", "spaceDelimited", "pipeDelimited", "deepObject"}, "path": {"simple", "label", "matrix"}, "header": {"simple"},
}  # fmt: skip
_KNOWN = {
    "document": {"openapi", "info", "jsonSchemaDialect", "servers", "paths", "webhooks", "components", "security", "tags", "externalDocs"},
    "info": {"title", "summary", "description", "termsOfService", "contact", "license", "version"},
    "operation": {"tags", "summary", "description", "externalDocs", "operationId", "parameters", "requestBody", "responses",
                  "callbacks", "deprecated", "security", "servers"},
    "parameter": {"name", "in", "description", "required", "deprecated", "allowEmptyValue", "style", "explode", "allowReserved",
                  "schema", "example", "examples", "content"},
    "response": {"description", "headers", "content", "links"},
    "media": {"schema", "example", "examples", "encoding"},
    "server": {"url", "description", "variables"},
    "body": {"description", "content", "required"},
}  # fmt: skip


def faults(document: dict) -> list[str]:
    """Return what breaks the rules of OpenAPI 3.1, empty where nothing does."""
    return list(_faults(document))


def _faults(document: dict) -> Iterator[str]:
    yield from _unknown("document", document, "#")
    if not re.fullmatch(r"3\.1\.\d+", str(document.get("openapi"))):
        yield "openapi is no 3.1 version"
    info = document.get("info", {})
    yield from _unknown("info", info, "#/info")
    yield from (f"info.{key} is missing" for key in ("title", "version") if not isinstance(info.get(key), str))
    for server in document.get("servers", []):
        yield from _unknown("server", server, "#/servers")
        if set(re.findall(r"\{(\w+)\}", server["url"])) != set(server.get("variables", {})):
            yield f"server {server['url']}: its variables are not those of its URL"
    schemes = document.get("components", {}).get("securitySchemes", {})
    for requirement in document.get("security", []):
        yield from (f"security names no scheme {name}" for name in requirement if name not in schemes)
    for name, scheme in schemes.items():
        yield from _scheme(name, scheme)
    ids: list[str] = []
    for path, item in document["paths"].items():
        if not path.startswith("/"):
            yield f"path {path} does not begin with a slash"
        for method, operation in item.items():
            if method not in _OPERATIONS:
                yield f"{path} has {method}"
                continue
            ids.append(operation.get("operationId", ""))
            yield from _operation(f"{method} {path}", path, operation)
    yield from (f"operationId {name} is there twice" for name in set(ids) if ids.count(name) > 1)
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        if not re.fullmatch(r"[a-zA-Z0-9._-]+", name):
            yield f"component name {name}"
        yield from _schema(f"schema {name}", schema)
    yield from _references(document)


def _operation(where: str, path: str, operation: dict) -> Iterator[str]:
    yield from _unknown("operation", operation, where)
    named = [(each["in"], each["name"]) for each in operation.get("parameters", [])]
    if len(named) != len(set(named)):
        yield f"{where}: a parameter is there twice"
    if {name for place, name in named if place == "path"} != set(re.findall(r"\{([^{}]+)\}", path)):
        yield f"{where}: its path parameters are not those of the path"
    for each in operation.get("parameters", []):
        yield from _unknown("parameter", each, where)
        if each["in"] not in _PLACES or (each["in"] == "path" and each.get("required") is not True):
            yield f"{where}: parameter {each['name']}"
        if "style" in each and each["style"] not in _STYLES[each["in"]]:
            yield f"{where}: style of {each['name']}"
        if ("schema" in each) == ("content" in each):
            yield f"{where}: parameter {each['name']} has not one schema"
        yield from _schema(f"{where}: {each['name']}", each.get("schema", True))
    if "requestBody" in operation:
        yield from _unknown("body", operation["requestBody"], where)
        yield from _content(f"{where} body", operation["requestBody"].get("content"))
    if not operation.get("responses"):
        yield f"{where}: no responses"
    for status, answer in operation.get("responses", {}).items():
        if not re.fullmatch(r"default|[1-5](\d\d|XX)", status):
            yield f"{where}: status {status}"
        yield from _unknown("response", answer, where)
        if not isinstance(answer.get("description"), str):
            yield f"{where} {status}: no description"
        if "content" in answer:
            yield from _content(f"{where} {status}", answer["content"])
        for name, header in answer.get("headers", {}).items():
            if "schema" not in header:
                yield f"{where} {status}: header {name} has no schema"


def _content(where: str, content: object) -> Iterator[str]:
    if not isinstance(content, dict) or not content:
        yield f"{where}: no content"
        return
    for media, said in content.items():
        if "/" not in media:
            yield f"{where}: media type {media}"
        yield from _unknown("media", said, where)
        if "example" in said and "examples" in said:
            yield f"{where}: both example and examples"
        yield from _schema(where, said.get("schema", True))


def _scheme(name: str, scheme: dict) -> Iterator[str]:
    needs = {"apiKey": ["name", "in"], "http": ["scheme"], "oauth2": ["flows"]}.get(scheme.get("type"))
    if needs is None or any(key not in scheme for key in needs):
        yield f"security scheme {name}"
    for flow, said in scheme.get("flows", {}).items():
        wanted = ["scopes", "tokenUrl", *(["authorizationUrl"] if flow == "authorizationCode" else [])]
        yield from (f"flow {flow} has no {key}" for key in wanted if key not in said)


def _schema(where: str, schema: object) -> Iterator[str]:
    if isinstance(schema, bool):
        return
    if not isinstance(schema, dict):
        yield f"{where}: a schema is {type(schema).__name__}"
        return
    try:
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", "allOf": [schema]})
    except jsonschema_rs.ValidationError as error:
        yield f"{where}: {error.message}"


def _references(document: dict) -> Iterator[str]:
    pending: list[object] = [document]
    while pending:
        value = pending.pop()
        if isinstance(value, list):
            pending.extend(value)
        elif isinstance(value, dict):
            reference = value.get("$ref")
            if isinstance(reference, str):
                found: object = document
                for token in reference.removeprefix("#/").split("/"):
                    found = found.get(token.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
                if found is None:
                    yield f"{reference} points at nothing"
            pending.extend(
                each for key, each in value.items() if key not in ("example", "examples", "default", "enum", "const")
            )


def _unknown(kind: str, value: dict, where: str) -> Iterator[str]:
    for key in value:
        if key not in _KNOWN[kind] and not key.startswith("x-"):
            yield f"{where}: {kind} has {key}"
