"""Files that people try and that are no source: what each one is, and what to do with it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.importers.plain import Mapping, mapping, sequence, word

ACCEPTED = "OpenAPI 3.x, Swagger 2.0, a Postman collection, a HAR recording or a curl command"

_STARTS = (
    ("PK\x03\x04", "a ZIP archive; unpack it first"),
    ("\x1f\x8b", "compressed; unpack it first"),
    ("%PDF-", "a PDF"),
    ("<", "XML or HTML"),
    ("#%RAML", "RAML"),
    ("FORMAT: 1A", "API Blueprint"),
)
_TEXTS = (
    (re.compile(r"^\s*(?:syntax\s*=\s*[\"']proto|service\s+\w+\s*\{|package\s+[\w.]+;)", re.MULTILINE),
     "a Protocol Buffers file; name it in an endpoint's `grpc: {proto: …}`"),
    (re.compile(r"^\s*(?:(?:extend\s+)?type\s+(?:Query|Mutation)\b|schema\s*\{)", re.MULTILINE),
     "a GraphQL schema; write the document into an endpoint's `graphql:`"),
    (re.compile(r"\A\s*---\s*\n(?:.*\n)*?type:\s*Integration\b"),
     "an integration spec already; check it by `intertie check`"),
    (re.compile(r"\A\s*(?:http|https|xh)\s+(?:--\S+\s+)*(?:(?:GET|POST|PUT|PATCH|DELETE|HEAD)\s+)?\S+", re.MULTILINE),
     "an HTTPie command; write the same call as a curl command"),
    (re.compile(r"Invoke-(?:WebRequest|RestMethod)\b"), "a PowerShell command; copy the call as cURL"),
    (re.compile(r"\A\s*(?:await\s+)?fetch\("), "a call of fetch; copy the call as cURL"),
    (re.compile(r"\A\s*# "), "a page of Markdown"),
)  # fmt: skip
_KEYS = (
    ("asyncapi", "an AsyncAPI document, which describes messages"),
    ("swaggerVersion", "a Swagger 1 document; convert it to OpenAPI 3 first"),
    ("openrpc", "an OpenRPC document"),
    ("smithy", "a Smithy model; convert it to OpenAPI 3 first"),
    ("__schema", "a GraphQL schema; write the document into an endpoint's `graphql:`"),
    ("_postman_variable_scope", "a Postman environment; export the collection"),
    ("_type", "an Insomnia export; export it as HAR or OpenAPI"),
    ("dependencies", "a file about a package"),
    ("$schema", "a JSON Schema: it describes data, not calls"),
)


def other_language(text: str) -> str | None:
    """Return what a text is that is no data at all, None where it may be some.

    >>> other_language("<html>"), other_language("openapi: 3.0.0")
    ('XML or HTML', None)
    """
    start = text.lstrip()[:2000]
    for mark, what in _STARTS:
        if start.startswith(mark):
            return what
    return next((what for shape, what in _TEXTS if shape.search(start)), None)


def stranger(data: Mapping) -> str:
    """Return what a document is that describes no API, in words that can follow the name of the file."""
    if "arazzo" in data:
        wanted = f"import the description it is about{_about(data)}"
        return f"is an Arazzo document: it describes workflows, not an API; {wanted}"
    if "openapi" in data:
        return f"says `openapi: {word(data['openapi'])[:20]}`; versions 3.0 to 3.2 can be imported"
    if "swagger" in data:
        return f"says `swagger: {word(data['swagger'])[:20]}`; version 2.0 can be imported, and OpenAPI 3"
    if "log" in data and isinstance(data["log"], dict):
        return "is a HAR recording without `log.entries`: nothing was recorded"
    for key, what in _KEYS:
        if key in data or key in mapping(data.get("data")):
            return f"is {what}; expected {ACCEPTED}"
    return f"is not an API description; expected {ACCEPTED}"


def _about(data: Mapping) -> str:
    urls = list(_urls(data))
    return f": {', '.join(urls)}" if urls else ""


def _urls(data: Mapping) -> Iterator[str]:
    """Yield what an Arazzo document refers to, as far as it is a description itself."""
    for item in sequence(data.get("sourceDescriptions")):
        url = word(mapping(item).get("url"))
        if url and word(mapping(item).get("type")) != "arazzo":
            yield url
