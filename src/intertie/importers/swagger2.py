"""Swagger 2.0, read as the OpenAPI 3 document that says the same."""

from __future__ import annotations

import re

from msgspec.structs import replace

from intertie.core.json_pointer import step
from intertie.core.media_types import codec_of
from intertie.importers.losses import Ledger
from intertie.importers.openapi3 import METHODS, ImportOptions
from intertie.importers.plain import Mapping, mapping, sequence, word
from intertie.importers.pointers import References

_SCHEMA_KEYS = frozenset({
    "type", "format", "items", "default", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength",
    "minLength", "pattern", "maxItems", "minItems", "uniqueItems", "enum", "multipleOf",
})  # fmt: skip
_STYLES: dict[str, tuple[str, bool]] = {
    "csv": ("form", False),
    "ssv": ("spaceDelimited", False),
    "pipes": ("pipeDelimited", False),
    "multi": ("form", True),
}
_FLOWS = {
    "application": "clientCredentials",
    "accessCode": "authorizationCode",
    "implicit": "implicit",
    "password": "password",
}


def upgraded(document: Mapping, ledger: Ledger) -> Mapping:
    """Return a Swagger 2.0 document as OpenAPI 3.0; its schemas stay where they are and are referred to there."""
    return _Upgrade(document, ledger).made()


def swagger_options(options: ImportOptions, document: Mapping) -> ImportOptions:
    """Return the options with the kind of source that people read."""
    return replace(options, kind=f"Swagger {word(document.get('swagger'))}")


class _Upgrade:
    def __init__(self, document: Mapping, ledger: Ledger) -> None:
        self._document = document
        self._ledger = ledger
        self._references = References(document, ledger)
        self._consumes = _media_types(document.get("consumes")) or ["application/json"]
        self._produces = _media_types(document.get("produces")) or ["application/json"]

    def made(self) -> Mapping:
        document = self._document
        kept = {
            key: value
            for key, value in document.items()
            if key in ("info", "tags", "security", "externalDocs") or key.startswith("x-")
        }
        return {
            **kept,
            "openapi": "3.0.3",
            "servers": self._servers(),
            "paths": {path: self._item(path, each) for path, each in mapping(document.get("paths")).items()},
            "definitions": mapping(document.get("definitions")),
            "components": {
                "securitySchemes": {
                    name: self._scheme(mapping(each))
                    for name, each in mapping(document.get("securityDefinitions")).items()
                },
            },
        }

    def _servers(self) -> list[object]:
        host, base = word(self._document.get("host")), word(self._document.get("basePath")) or "/"
        if not host:
            return [{"url": base}]
        schemes = [word(each).lower() for each in sequence(self._document.get("schemes"))] or ["https"]
        schemes = [each for each in schemes if each in ("http", "https")] or ["https"]
        # The same place encrypted and not is one place.
        scheme = "https" if "https" in schemes else "http"
        return [{"url": f"{scheme}://{host}/{base.strip('/')}"}]

    def _item(self, path: str, value: object) -> object:
        item, where = self._references.follow(value, step("#/paths", path))
        shared = self._parameters(item, where)
        made: Mapping = {key: each for key, each in item.items() if key.startswith("x-")}
        for method, operation in item.items():
            if method.lower() in METHODS and isinstance(operation, dict):
                made[method] = self._operation(operation, step(where, method), shared)
        return made

    def _operation(self, operation: Mapping, where: str, shared: list[tuple[Mapping, str]]) -> Mapping:
        own = self._parameters(operation, where)
        names = {(word(each.get("name")), each.get("in")) for each, _ in own}
        every = [pair for pair in shared if (word(pair[0].get("name")), pair[0].get("in")) not in names] + own
        consumes = _media_types(operation.get("consumes")) or self._consumes
        made = {
            key: value
            for key, value in operation.items()
            if key in ("operationId", "summary", "description", "tags", "security", "deprecated", "externalDocs")
            or key.startswith("x-")
        }
        made["parameters"] = [
            _parameter(each) for each, _ in every if each.get("in") in ("query", "path", "header", "cookie")
        ]
        body = self._body(every, consumes)
        if body is not None:
            made["requestBody"] = body
        produces = _media_types(operation.get("produces")) or self._produces
        made["responses"] = {
            status: self._answer(each, step(where, "responses", status), produces)
            for status, each in mapping(operation.get("responses")).items()
        }
        if operation.get("schemes") and operation["schemes"] != self._document.get("schemes"):
            self._ledger.lose("operation-server", "schemes", step(where, "schemes"))
        return made

    def _parameters(self, holder: Mapping, where: str) -> list[tuple[Mapping, str]]:
        found = sequence(holder.get("parameters"))
        return [self._references.follow(each, step(where, "parameters", at)) for at, each in enumerate(found)]

    def _body(self, every: list[tuple[Mapping, str]], consumes: list[str]) -> Mapping | None:
        forms = [(each, place) for each, place in every if each.get("in") == "formData"]
        for each, _ in every:
            if each.get("in") == "body":
                content = {media: {"schema": each.get("schema", {})} for media in consumes if not _is_form(media)}
                content = content or {"application/json": {"schema": each.get("schema", {})}}
                return {"required": each.get("required") is True, "content": content}
        if not forms:
            return None
        properties: Mapping = {}
        for each, place in forms:
            schema = {
                key: value for key, value in each.items() if key in _SCHEMA_KEYS or key in ("description", "items")
            }
            if each.get("collectionFormat") not in (None, "multi", "csv"):
                self._ledger.lose("encoding", word(each["collectionFormat"]), place)
            properties[word(each.get("name")) or "field"] = schema
        required = [word(each.get("name")) for each, _ in forms if each.get("required") is True]
        schema = {"type": "object", "properties": properties, **({"required": required} if required else {})}
        files = any(each.get("type") == "file" for each, _ in forms)
        media = next(
            (each for each in consumes if _is_form(each) and (not files or codec_of(each) == "multipart")), None
        )
        media = media or ("multipart/form-data" if files else "application/x-www-form-urlencoded")
        return {"required": bool(required), "content": {media: {"schema": schema}}}

    def _answer(self, value: object, where: str, produces: list[str]) -> Mapping:
        given, where = self._references.follow(value, where)
        made = {key: each for key, each in given.items() if key in ("description", "headers")}
        examples = mapping(given.get("examples"))
        schema = given.get("schema")
        if schema is None and not examples:
            return made
        content: Mapping = {}
        for media in dict.fromkeys((*produces, *examples)):
            if re.fullmatch(r"[^/\s]+/\S+(?:\s*;.*)?", media):
                content[media] = {
                    **({"schema": schema} if schema is not None else {}),
                    **({"example": examples[media]} if media in examples else {}),
                }
            else:
                self._ledger.lose("example", media, step(where, "examples"))
        made["content"] = content
        return made

    def _scheme(self, given: Mapping) -> Mapping:
        if given.get("type") == "oauth2":
            flow = {key: each for key, each in given.items() if key in ("authorizationUrl", "tokenUrl", "scopes")}
            return {"type": "oauth2", "flows": {_FLOWS.get(word(given.get("flow")), "implicit"): flow}}
        return {"type": "http", "scheme": "basic"} if given.get("type") == "basic" else given


def _parameter(given: Mapping) -> Mapping:
    made = {key: value for key, value in given.items() if key not in _SCHEMA_KEYS and key != "collectionFormat"}
    made["schema"] = {key: value for key, value in given.items() if key in _SCHEMA_KEYS}
    if given.get("type") == "array":
        style, explode = _STYLES.get(word(given.get("collectionFormat")) or "csv", ("form", False))
        if given.get("in") != "query":
            style, explode = "simple", False
        made |= {"style": style, "explode": explode}
    return made


def _media_types(value: object) -> list[str]:
    return [word(each) for each in sequence(value) if word(each)]


def _is_form(media: str) -> bool:
    return codec_of(media) in ("multipart", "form")
