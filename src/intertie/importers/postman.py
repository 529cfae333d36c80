"""A Postman collection (2.0 and 2.1) into an `ApiDescription`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from intertie.core.json_pointer import step
from intertie.core.media_types import codec_of, essence
from intertie.importers.har import read_body
from intertie.importers.losses import Ledger
from intertie.importers.model import ApiDescription, ImportedAuth
from intertie.importers.openapi3 import METHODS, ImportOptions
from intertie.importers.plain import Mapping, mapping, mappings, sequence, word
from intertie.importers.prose import prose
from intertie.importers.security import bearer
from intertie.importers.traffic import Exchange, describe_traffic

_VARIABLE_RE = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
_COMMENT_RE = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
"""A text in quotes, which stays, or a comment, which Postman does not send."""
_LANGUAGES = {
    "json": "application/json", "xml": "application/xml", "html": "text/html", "text": "text/plain",
    "javascript": "application/javascript",
}  # fmt: skip


def describe_postman(document: Mapping, options: ImportOptions, ledger: Ledger) -> ApiDescription:
    """Return the service that a collection's requests are for.

    Raises:
        UsageError: It has no requests, or the selection fits none.
    """
    collection = mapping(document.get("collection")) or document
    return _Reader(collection, options, ledger).read()


class _Reader:
    def __init__(self, collection: Mapping, options: ImportOptions, ledger: Ledger) -> None:
        self._collection = collection
        self._options = options
        self._ledger = ledger
        self._variables = {
            word(each.get("key")) or word(each.get("id")): word(each.get("value"))
            for each in mappings(collection.get("variable"))
        }

    def read(self) -> ApiDescription:
        """Return the description of the collection."""
        info = mapping(self._collection.get("info"))
        exchanges = list(self._walk(self._collection, "#", (), None))
        return describe_traffic(
            exchanges, self._options, self._ledger, kind="a Postman collection",
            title=prose(word(info.get("name"))), summary=_text(info.get("description")),
        )  # fmt: skip

    def _walk(
        self, holder: Mapping, where: str, folders: tuple[str, ...], inherited: ImportedAuth | None
    ) -> Iterator[Exchange]:
        """Yield the requests in a folder; each has its own credential, else that of the nearest folder that has one."""
        own = self._auth(mapping(holder.get("auth")), where) if holder.get("auth") else inherited
        self._scripts(holder, where)
        for at, item in enumerate(mappings(holder.get("item"))):
            place = step(where, "item", at)
            if "item" in item:
                yield from self._walk(item, place, (*folders, word(item.get("name"))), own)
                continue
            self._scripts(item, place)
            exchange = self._exchange(item, place, folders)
            if exchange is not None:
                given = mapping(mapping(item.get("request")).get("auth"))
                exchange.auth = self._auth(given, step(place, "request")) if given else own
                exchange.is_public = word(given.get("type")) == "noauth"
                yield exchange

    def _scripts(self, holder: Mapping, where: str) -> None:
        for event in mappings(holder.get("event")):
            if sequence(mapping(event.get("script")).get("exec")) or word(mapping(event.get("script")).get("exec")):
                self._ledger.lose("script", word(event.get("listen")) or "script", step(where, "event"))

    def _exchange(self, item: Mapping, where: str, folders: tuple[str, ...]) -> Exchange | None:
        given = item.get("request")
        request = {"url": given, "method": "GET"} if isinstance(given, str) else mapping(given)
        method = (word(request.get("method")) or "GET").upper()
        if method.lower() not in METHODS:
            self._ledger.lose("method", method, where)
            return None
        url = request.get("url")
        origin, path, query = self._url(url)
        exchange = Exchange(method, origin, path, where, word(item.get("name")))
        exchange.description = _text(request.get("description")) or _text(item.get("description"))
        exchange.tags = tuple(folder for folder in folders if folder)
        rows = [each for each in mappings(mapping(url).get("query")) if each.get("disabled") is not True]
        named = [(word(each.get("key")), self._value(each)) for each in rows if word(each.get("key"))]
        exchange.query = [*(named or query)]
        for each in (*rows, *mappings(mapping(url).get("variable"))):
            about = _text(each.get("description"))
            exchange.named[word(each.get("key")) or word(each.get("id"))] = about
        for name in re.findall(r"\{([^{}]+)\}", path):
            exchange.named.setdefault(name, "")
        exchange.headers = [
            (word(each.get("key")), self._filled(word(each.get("value"))))
            for each in mappings(request.get("header"))
            if each.get("disabled") is not True and word(each.get("key"))
        ]
        self._body(exchange, mapping(request.get("body")), step(where, "request", "body"))
        for answer in mappings(item.get("response")):
            self._answer(exchange, answer)
        return exchange

    def _url(self, url: object) -> tuple[str, str, list[tuple[str, str]]]:
        """Return origin (empty where it is not stated), path with placeholders, and query of a URL."""
        raw = word(url) if isinstance(url, str) else word(mapping(url).get("raw"))
        if not raw and isinstance(url, dict):
            host, path = url.get("host"), url.get("path")
            hosts = ".".join(map(word, host)) if isinstance(host, list) else word(host)
            paths = "/".join(map(word, path)) if isinstance(path, list) else word(path)
            raw = f"{word(url.get('protocol')) or 'https'}://{hosts}/{paths.lstrip('/')}"
        raw = self._filled(raw)
        host = re.match(r"(?:https?://)?(\{\{[^{}]+\}\}[^/]*)", raw)
        if host is not None:
            # The host is a variable that the collection does not fill.
            raw = raw[host.end() :]
        elif not re.match(r"[a-z]+://", raw):
            raw = f"https://{raw}"
        raw = _VARIABLE_RE.sub(lambda match: "{" + re.sub(r"\W+", "_", match[1]) + "}", raw)
        try:
            parts = urlsplit(raw)
        except ValueError:
            return "", "/", []
        path = re.sub(r"(?<=/):([\w-]+)", r"{\1}", parts.path) or "/"
        origin = (
            f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if parts.netloc and "{" not in parts.netloc else ""
        )
        return origin, path, parse_qsl(parts.query, keep_blank_values=True)

    def _value(self, row: Mapping) -> str | None:
        value = self._filled(word(row.get("value")))
        return None if not value or "{{" in value or value.startswith("<") else value

    def _filled(self, text: str) -> str:
        """Return a text with the collection's variables in it filled; those without a value stay."""
        for _ in range(5):
            filled = _VARIABLE_RE.sub(lambda match: self._variables.get(match[1]) or match[0], text)
            if filled == text:
                break
            text = filled
        return text

    def _body(self, exchange: Exchange, body: Mapping, where: str) -> None:
        mode = word(body.get("mode"))
        if not mode or body.get("disabled") is True:
            return
        stated = next((value for name, value in exchange.headers if name.lower() == "content-type"), "")
        media = essence(stated) or None
        if mode in ("urlencoded", "formdata"):
            rows = [each for each in mappings(body.get(mode)) if each.get("disabled") is not True]
            exchange.media = "multipart/form-data" if mode == "formdata" else "application/x-www-form-urlencoded"
            exchange.body_schema = {"type": "object", "properties": dict(map(_field, rows))}
            exchange.has_body = True
        elif mode == "raw" and word(body.get("raw")):
            language = word(mapping(mapping(body.get("options")).get("raw")).get("language"))
            text = word(body.get("raw"))
            guessed = "application/json" if text[:1] in ("{", "[") else "text/plain"
            exchange.media = media or _LANGUAGES.get(language) or guessed
            # A variable may stand for any value: a text is the one that is always right in quotes.
            quoted = re.sub(r'(?<!")\{\{[^{}]+\}\}(?!")', "null", _COMMENT_RE.sub(lambda match: match[1] or "", text))
            exchange.has_body = True
            if codec_of(exchange.media) == "json":
                exchange.body = read_body(quoted, exchange.media)
                if exchange.body is None and quoted.strip() != "null":
                    self._ledger.lose("unreadable-body", exchange.media, where)
        elif mode == "graphql":
            exchange.media, exchange.has_body = "application/json", True
            exchange.body_schema = {
                "type": "object",
                "required": ["query"],
                "properties": {"query": {"type": "string"}, "variables": {"type": "object"}},
            }
        elif mode == "file":
            exchange.media, exchange.has_body = media or "application/octet-stream", True
            self._ledger.lose("file-body", "file", where)

    def _answer(self, exchange: Exchange, answer: Mapping) -> None:
        code = answer.get("code")
        if not isinstance(code, int):
            return
        headers = {word(each.get("key")).lower(): word(each.get("value")) for each in mappings(answer.get("header"))}
        media = essence(headers.get("content-type", "")) or None
        language = word(answer.get("_postman_previewlanguage"))
        media = media or _LANGUAGES.get(language)
        text = answer.get("body")
        data = read_body(text, media) if isinstance(text, str) and media and codec_of(media) == "json" else None
        exchange.answers.append((code, media, data, True))

    def _auth(self, auth: Mapping, where: str) -> ImportedAuth | None:
        kind = word(auth.get("type")).lower()
        fields = _auth_fields(auth.get(kind))
        match kind:
            case "noauth" | "":
                return None
            case "bearer":
                return bearer()
            case "basic":
                return ImportedAuth("basic")
            case "apikey":
                location = "query" if fields.get("in") == "query" else "header"
                name = self._filled(fields.get("key", "")) or "X-API-Key"
                return ImportedAuth("api_key", {"key_location": location, "key_name": name})
            case "oauth2":
                token_url = self._filled(fields.get("accessTokenUrl", ""))
                if token_url.startswith("https://") and "{{" not in token_url:
                    grant = (
                        "client_credentials"
                        if fields.get("grant_type") == "client_credentials"
                        else "authorization_code"
                    )
                    return ImportedAuth("oauth", {"grant_type": grant, "token_url": token_url})
                return bearer("OAuth: the token is sent as Bearer")
            case _:
                self._ledger.lose("security-kind", kind, step(where, "auth"))
                return None


def _field(row: Mapping) -> tuple[str, object]:
    schema: Mapping = {"type": "string"}
    if row.get("type") == "file":
        schema["format"] = "binary"
    about = prose(_text(row.get("description")))
    return word(row.get("key")) or "field", {**schema, **({"description": about} if about else {})}


def _auth_fields(value: object) -> dict[str, str]:
    """Return the fields of an auth block: a mapping (2.0), or a list of keys and values (2.1)."""
    if isinstance(value, dict):
        return {key: word(each) for key, each in value.items()}
    return {word(each.get("key")): word(each.get("value")) for each in mappings(value)}


def _text(value: object) -> str:
    return word(value) or word(mapping(value).get("content"))
