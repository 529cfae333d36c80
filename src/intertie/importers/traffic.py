"""Requests as they were made into operations: paths with placeholders, parameters, shapes; never a recorded value."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from urllib.parse import urlsplit

from msgspec import Struct, field

from intertie.core.errors import UsageError
from intertie.importers.answers import is_keepable
from intertie.importers.environments import places_of
from intertie.importers.guesses import guess_pages
from intertie.importers.inference import schema_of, text_schema
from intertie.importers.losses import Ledger
from intertie.importers.model import (
    ApiDescription,
    ImportedAuth,
    ImportedBody,
    ImportedError,
    ImportedHeader,
    ImportedOperation,
    ImportedParameter,
    ImportedSuccess,
)
from intertie.importers.naming import Headings, singular
from intertie.importers.openapi3 import ImportOptions, data_format_of
from intertie.importers.plain import mapping
from intertie.importers.prose import first_sentences, prose
from intertie.importers.recorded import is_recorded
from intertie.importers.security import bearer
from intertie.importers.selection import Candidate

_SECRET_RE = re.compile(
    r"api[-_]?key|token|secret|subscription-key|access[-_]?key|^x-auth|^auth$|password|^sig", re.IGNORECASE
)
_PAGE_TOKEN_RE = re.compile(r"page|next|continuation|cursor|sync", re.IGNORECASE)
_EVERYDAY_RE = re.compile(
    r":|accept|content-(?:type|length|encoding)|host|connection|user-agent|referer|origin|cache-control|pragma|cookie"
    r"|te|dnt|upgrade.*|sec-.*|if-.*|priority|range|x-requested-with|x-forwarded-.*|postman-token|transfer-encoding"
    r"|expect|traceparent|tracestate",
    re.IGNORECASE,
)
_LONGEST = 600


class Exchange(Struct):
    """One request, and its answer where there is one.

    Attributes:
        origin: `https://host`, empty where the source does not say.
        path: Its placeholders are marked already where the source marks them.
        query: Pairs; a value may be None where only the name is known.
        body: What was sent as plain data; `media` says as what. None where nothing was sent or it can't be read.
        named: Descriptions by the name of a parameter.
        answers: (status, media type, data, whether it may stand as an example).
        auth: What the source says of its credential; None where it says nothing.
        is_public: It is said to have none.
    """

    method: str
    origin: str
    path: str
    where: str
    name: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    query: list[tuple[str, str | None]] = field(default_factory=list)
    headers: list[tuple[str, str]] = field(default_factory=list)
    media: str | None = None
    body: object = None
    has_body: bool = False
    body_schema: dict[str, object] | None = None
    named: dict[str, str] = field(default_factory=dict)
    answers: list[tuple[int, str | None, object, bool]] = field(default_factory=list)
    auth: ImportedAuth | None = None
    is_public: bool = False


def describe_traffic(
    exchanges: Sequence[Exchange],
    options: ImportOptions,
    ledger: Ledger,
    *,
    kind: str,
    title: str = "",
    summary: str = "",
) -> ApiDescription:
    """Return the service that requests went to: the host that most of them name.

    Args:
        exchanges: In the order of the source.
        options: How it is read.
        ledger: Where losses and guesses are noted.
        kind: What people call the source.
        title: Of the service; its host where it is empty.
        summary: What it is for.

    Raises:
        UsageError: There are no requests, or the selection fits none.
    """
    if not exchanges:
        raise UsageError(f"{options.name} contains no API requests")
    counts = Counter(exchange.origin for exchange in exchanges)
    origin = max(counts, key=lambda name: (counts[name], bool(name)))
    for exchange in exchanges:
        if exchange.origin != origin:
            ledger.lose("other-host", exchange.origin or "no host", exchange.where)
    mine = [exchange for exchange in exchanges if exchange.origin == origin]
    groups: dict[str, list[Exchange]] = {}
    for exchange in mine:
        exchange.path = _templated(exchange.path)
        groups.setdefault(f"{exchange.method} {exchange.path}", []).append(exchange)
    candidates = {
        key: Candidate(
            key, group[0].method, group[0].path, group[0].name,
            tuple(dict.fromkeys(tag for each in group for tag in each.tags)),
        )
        for key, group in groups.items()
    }  # fmt: skip
    options.selection.check(candidates.values())
    chosen = {key: group for key, group in groups.items() if options.selection.takes(candidates[key])}
    calls = [each for group in chosen.values() for each in group]
    found = _stated_auth(calls, ledger) or _auth_in(calls)
    reader = _Reader(options, ledger, found)
    operations = tuple(reader.operation(key, group) for key, group in chosen.items())
    server = [{"url": origin}] if origin else []
    places = places_of(server, "the requests", ledger, options.base_url)
    text, cut = first_sentences(prose(summary), _LONGEST)
    if cut:
        ledger.lose("long-text", "description", "#/info/description")
    return ApiDescription(
        source=options.name,
        kind=kind,
        title=title or (urlsplit(origin).hostname or "Service"),
        operations=operations,
        all_keys=frozenset(groups),
        summary=text or None,
        base_url=places.base_url,
        environments=places.environments,
        auth=found,
        data_format=data_format_of(operations),
    )


class _Reader:
    def __init__(self, options: ImportOptions, ledger: Ledger, auth: ImportedAuth | None) -> None:
        self._options = options
        self._ledger = ledger
        self._headings = Headings((*options.taken, *options.headings.values()))
        self._credential = str(auth.config.get("key_name", "")).lower() if auth else ""

    def operation(self, key: str, group: list[Exchange]) -> ImportedOperation:
        """Return the operation that some requests of one method and path are uses of."""
        first = group[0]
        headers, header_parameters = self._sent_headers(group)
        parameters = (*self._path_parameters(first), *self._query(group), *header_parameters)
        success, errors = self._answers(group)
        text, cut = first_sentences(prose(first.description), _LONGEST)
        if cut:
            self._ledger.lose("long-text", "description", first.where)
        pages = None
        if success is not None and first.method == "GET":
            pages = guess_pages(parameters, success.schema, mapping, links=False)
        if pages is not None:
            self._ledger.guess("pagination", key, pages[1])
        heading = self._options.headings.get(key) or self._headings.give(first.method, first.path, first.name)
        return ImportedOperation(
            key=key, heading=heading, method=first.method, path=first.path, where=first.where,
            description=text or None, headers=headers, parameters=parameters, body=self._body(group),
            success=success, errors=errors, pagination=pages[0] if pages else None,
            pagination_guess=pages[1] if pages else None,
        )  # fmt: skip

    def _path_parameters(self, exchange: Exchange) -> list[ImportedParameter]:
        made = []
        for name in dict.fromkeys(re.findall(r"\{([^{}]+)\}", exchange.path)):
            reason = None
            if name not in exchange.named:
                reason = "a part of the path that looks like an id"
                self._ledger.guess(f"parameter {name}", f"{exchange.method} {exchange.path}", reason)
            about = prose(exchange.named.get(name, "")) or None
            made.append(ImportedParameter(name, "path", True, about, {"type": "string"}, reason))
        return made

    def _query(self, group: list[Exchange]) -> list[ImportedParameter]:
        made = []
        for name in dict.fromkeys(name for exchange in group for name, _ in exchange.query if name):
            if name.lower() == self._credential:
                continue
            if is_secret_name(name):
                self._ledger.lose("security-scheme", name, group[0].where)
                continue
            values = [value for exchange in group for key, value in exchange.query if key == name]
            known = [value for value in values if value]
            fields: dict[str, object] = dict(text_schema(known))
            if any([key for key, _ in exchange.query].count(name) > 1 for exchange in group):
                fields = {"type": "array", "items": text_schema(known)}
            always = all(any(key == name for key, _ in exchange.query) for exchange in group)
            about = next((prose(exchange.named[name]) for exchange in group if name in exchange.named), None)
            made.append(ImportedParameter(name, "query", always and len(group) > 1, about or None, fields))
        return made

    def _sent_headers(self, group: list[Exchange]) -> tuple[tuple[ImportedHeader, ...], list[ImportedParameter]]:
        headers: list[ImportedHeader] = []
        parameters: list[ImportedParameter] = []
        for name in dict.fromkeys(name for exchange in group for name, _ in exchange.headers):
            lower = name.lower()
            if lower == "cookie":
                self._ledger.lose("cookie-parameter", "Cookie", group[0].where)
            if _EVERYDAY_RE.fullmatch(name) or lower in (self._credential, "authorization") or name.startswith(":"):
                continue
            always = all(any(key.lower() == lower for key, _ in exchange.headers) for exchange in group)
            if "idempoten" in lower:
                self._ledger.guess(f"idempotency key {name}", group[0].path, "the header's name")
                headers.append(ImportedHeader(name, True, "{uuid}", None, "the header's name"))
            elif not is_secret_name(name):
                about = next((prose(exchange.named[name]) for exchange in group if name in exchange.named), None)
                parameters.append(
                    ImportedParameter(name, "header", always and len(group) > 1, about, {"type": "string"})
                )
            else:
                self._ledger.lose("security-scheme", name, group[0].where)
        return tuple(headers), parameters

    def _body(self, group: list[Exchange]) -> ImportedBody | None:
        sent = [exchange for exchange in group if exchange.has_body]
        if not sent:
            return None
        media = sent[0].media or "application/json"
        for other in {exchange.media for exchange in sent if exchange.media and exchange.media != media}:
            self._ledger.lose("request-media-type", other, sent[0].where)
        given = next((exchange.body_schema for exchange in sent if exchange.body_schema is not None), None)
        values = [exchange.body for exchange in sent if exchange.body is not None and exchange.media == sent[0].media]
        schema = given if given is not None else schema_of(values) if values else None
        return ImportedBody(media, len(sent) == len(group), schema)

    def _answers(self, group: list[Exchange]) -> tuple[ImportedSuccess | None, tuple[ImportedError, ...]]:
        by_status: dict[int, list[tuple[str | None, object, bool]]] = {}
        for exchange in group:
            for status, media, data, keep in exchange.answers:
                if 100 <= status <= 599:
                    by_status.setdefault(status, []).append((media, data, keep))
        good = [status for status in sorted(by_status) if 200 <= status < 300]
        success = None
        if good:
            found = [each for status in good for each in by_status[status]]
            media = next((media for media, _, _ in found if media), None)
            values = [data for _, data, _ in found if data is not None]
            example = next((data for _, data, keep in found if keep and data is not None and is_keepable(data)), None)
            success = ImportedSuccess(
                tuple(map(str, good)), media, schema_of(values) if values else None, example, example is not None
            )
        errors = []
        for status in sorted(by_status):
            if status >= 400:
                values = [data for _, data, _ in by_status[status] if data is not None]
                errors.append(ImportedError(str(status), None, None, schema_of(values) if values else None))
            elif status < 200 or status >= 300:
                self._ledger.lose("answer-status", str(status), group[0].where)
        return success, tuple(errors)


def is_secret_name(name: str) -> bool:
    """Return whether a header or parameter carries a credential by its name.

    >>> [is_secret_name(name) for name in ("X-Api-Key", "access_token", "page_token", "limit")]
    [True, True, False, False]
    """
    return _SECRET_RE.search(name) is not None and _PAGE_TOKEN_RE.search(name) is None


def _templated(path: str) -> str:
    """Return a path with a placeholder for each part that looks like an id.

    >>> _templated("/v1/charges/ch_1Abc23/refunds/42"), _templated("/v2/users/me")
    ('/v1/charges/{charge_id}/refunds/{refund_id}', '/v2/users/me')
    """
    # What follows a semicolon is a session's, or a matrix parameter.
    parts = re.sub(r";[^/{}]*", "", re.sub(r"/{2,}", "/", f"/{path.lstrip('/')}")).split("/")
    made: list[str] = []
    for part in parts:
        if re.fullmatch(r"\{[^{}]+\}", part) or not is_recorded(part):
            made.append(re.sub(r"\s|\\|[{}](?![^{}]*\})", "", part) if "{" not in part else part)
            continue
        before = made[-1] if made and re.fullmatch(r"[A-Za-z][\w-]*", made[-1]) else ""
        name = f"{singular(before.replace('-', '_'))}_id" if before else "id"
        number = 2
        while f"{{{name}}}" in made:
            name, number = f"{name.rstrip('0123456789_')}_{number}", number + 1
        made.append(f"{{{name}}}")
    return "/".join(made) or "/"


def _stated_auth(exchanges: Sequence[Exchange], ledger: Ledger) -> ImportedAuth | None:
    """Return the credential that the source names for most of the requests, None where it names none."""
    stated = [exchange.auth for exchange in exchanges if exchange.auth is not None]
    if not stated:
        return None
    chosen = max(stated, key=stated.count)
    for exchange in exchanges:
        if exchange.auth is not None and exchange.auth != chosen:
            ledger.lose(
                "security-scheme", str(exchange.auth.config.get("key_name", exchange.auth.type)), exchange.where
            )
        elif exchange.is_public:
            ledger.lose("public-operation", "no credential", exchange.where)
    return chosen


def _auth_in(exchanges: Sequence[Exchange]) -> ImportedAuth | None:
    """Return the credential that requests carry, by its place; its value is not looked at beyond its first word."""
    for exchange in exchanges:
        for name, value in exchange.headers:
            if name.lower() == "authorization":
                scheme, _, rest = value.strip().partition(" ")
                if scheme.lower() == "basic":
                    return ImportedAuth("basic")
                if scheme.lower() == "bearer":
                    return bearer()
                config: dict[str, object] = {"key_location": "header", "key_name": "Authorization"}
                if rest and re.fullmatch(r"[A-Za-z][A-Za-z-]{0,15}", scheme):
                    config["scheme"] = scheme
                return ImportedAuth("api_key", config)
            if is_secret_name(name) and not _EVERYDAY_RE.fullmatch(name):
                return ImportedAuth("api_key", {"key_location": "header", "key_name": name}, "the header's name")
    for exchange in exchanges:
        for name, _ in exchange.query:
            if is_secret_name(name):
                return ImportedAuth("api_key", {"key_location": "query", "key_name": name}, "the parameter's name")
    return None
