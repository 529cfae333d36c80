"""OpenAPI 3.0, 3.1 and 3.2 into an `ApiDescription`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from intertie.core.errors import UsageError, snake_case
from intertie.core.json_pointer import step
from intertie.core.media_types import codec_of, is_json_lines
from intertie.importers.answers import AnswerReader, tags_of
from intertie.importers.brevity import LEAN, Brevity, InPlace
from intertie.importers.environments import places_of
from intertie.importers.examples import with_sound_examples
from intertie.importers.guesses import guess_pages, is_limit_key, rates_in, rates_of
from intertie.importers.losses import Ledger
from intertie.importers.model import (
    ApiDescription,
    ImportedHeader,
    ImportedOperation,
    ImportedParameter,
    ImportedSuccess,
)
from intertie.importers.naming import Headings
from intertie.importers.parameters import ParameterReader
from intertie.importers.plain import Mapping, mapping, word
from intertie.importers.pointers import References
from intertie.importers.prose import first_sentences, prose
from intertie.importers.schemas import SchemaKeeper
from intertie.importers.security import ImportedCredential, credential_of
from intertie.importers.selection import Candidate, Selection

METHODS = ("get", "post", "put", "delete", "patch", "head", "options")
_NOT_OPERATIONS = frozenset({"summary", "description", "servers", "parameters", "$ref", "additionalOperations"})
_PLACEHOLDER_RE = re.compile(r"\{[^{}]+\}")
_MOST_OPERATIONS = 20_000
"""A spec holds fewer, however little they say: more are refused before they are read."""


class ImportOptions(Struct, frozen=True):
    """How a source is read.

    Attributes:
        name: What the source is called in the spec.
        base_url: What relative server URLs start from.
        prefix: Start of the names of variables, such as `SHOP`.
        headings: Headings that are taken, or given already by key of the operation.
        examples: Whether success examples are kept.
        in_place: Which schemas stay in their operation; the others become components, named after their place. None
            keeps all of them there.
        brevity: How much prose is taken over.
        kind: What the source is called where it is not what it is read as.
    """

    name: str
    selection: Selection = Selection()
    base_url: str | None = None
    prefix: str = "SERVICE"
    headings: dict[str, str] = {}
    taken: frozenset[str] = frozenset()
    examples: bool = True
    in_place: InPlace | None = None
    brevity: Brevity = LEAN
    kind: str = ""


class _Found(Struct, frozen=True):
    candidate: Candidate
    operation: Mapping
    item: Mapping
    where: str
    item_where: str


class OpenApiReader:
    """Reads one OpenAPI 3 document."""

    def __init__(self, document: Mapping, options: ImportOptions, ledger: Ledger) -> None:
        self._document = document
        self._options = options
        self._ledger = ledger
        self._references = References(document, ledger)
        self._schemas = SchemaKeeper(
            self._references, ledger, in_place=options.in_place, longest_description=options.brevity.schema
        )
        self._parameters = ParameterReader(self._references, ledger, longest=options.brevity.parameter)
        self._answers = AnswerReader(
            self._references, self._schemas, ledger, examples=options.examples, longest=options.brevity.answer
        )
        self._headings = Headings((*options.taken, *options.headings.values()))
        self._info = mapping(document.get("info"))

    def read(self) -> ApiDescription:
        """Return what the document says of the selected operations.

        Raises:
            UsageError: It has no operations, or the selection fits none.
        """
        document, ledger, options = self._document, self._ledger, self._options
        every = list(self._found())
        if not every:
            only = (
                "describes only webhooks, which are calls you receive"
                if document.get("webhooks")
                else "has no operations"
            )
            raise UsageError(f"{options.name} {only}; there is nothing to call")
        options.selection.check(found.candidate for found in every)
        chosen = [found for found in every if options.selection.takes(found.candidate)]
        if len(chosen) > _MOST_OPERATIONS:
            raise UsageError(too_many(options.name, len(chosen), document))
        places = places_of(document.get("servers"), "#/servers", ledger, options.base_url)
        schemes = mapping(mapping(document.get("components")).get("securitySchemes"))
        credential = credential_of(
            schemes, "#/components/securitySchemes", document.get("security"),
            [(found.operation, found.where) for found in chosen], self._references, ledger,
            base_url=places.base_url, prefix=options.prefix,
        )  # fmt: skip
        limits, limits_guess = self._limits()
        operations = tuple(self._operation(found, credential) for found in chosen)
        self._around()
        components = self._schemas.components()
        operations = with_sound_examples(operations, components, ledger, items=options.brevity.items)
        return ApiDescription(
            source=options.name,
            kind=options.kind or f"OpenAPI {word(document.get('openapi'))}",
            title=prose(word(self._info.get("title"))),
            operations=operations,
            all_keys=frozenset(sent_key(found.candidate) for found in every),
            summary=self._summary(),
            version=_version(self._info),
            base_url=places.base_url,
            environments=places.environments,
            auth=credential.auth,
            data_format=data_format_of(operations),
            limits=limits,
            limits_guess=limits_guess,
            components=components,
            api_docs=_link(mapping(document.get("externalDocs")).get("url")),
            support_contact=self._contact(),
        )

    def source_schemas(self) -> dict[str, str]:
        """Return name -> reference of the schemas that may be read from the source itself."""
        return self._schemas.unbroken()

    def schemas_in_place(self) -> frozenset[str]:
        """Return the names of components that stand in an operation of the source."""
        return self._schemas.in_place()

    # Operations

    def _found(self) -> Iterator[_Found]:
        for path, value in mapping(self._document.get("paths")).items():
            if not path.startswith("/"):
                if not path.startswith("x-"):
                    self._ledger.lose("unusable-path", path, step("#/paths", path))
                continue
            where = step("#/paths", path)
            item, item_where = self._references.follow(value, where)
            further = mapping(item.get("additionalOperations"))
            for method, each in (*item.items(), *further.items()):
                name = method.lower()
                if method in _NOT_OPERATIONS or method.startswith("x-") or not isinstance(each, dict):
                    continue
                place = step(item_where, method)
                if name not in METHODS:
                    self._ledger.lose("method", method.upper(), place)
                    continue
                candidate = Candidate(
                    f"{name.upper()} {path}", name.upper(), path, word(each.get("operationId")), tags_of(each)
                )
                yield _Found(candidate, each, item, place, item_where)

    def _operation(self, found: _Found, credential: ImportedCredential) -> ImportedOperation:
        operation, where, candidate = found.operation, found.where, found.candidate
        path, lost = sendable(candidate.path)
        if lost is not None:
            self._ledger.lose(lost, candidate.path, where)
        declared = [*self._declared(found.item, found.item_where), *self._declared(operation, where)]
        parameters, headers = self._parameters.read(declared, path, credential.header_names)
        success, errors, stream = self._answers.answers(operation.get("responses"), step(where, "responses"))
        pages = self._pages(candidate, parameters, success, operation)
        body = self._answers.body(operation.get("requestBody"), step(where, "requestBody"), method=candidate.method)
        self._beside(operation, found.item, where)
        heading = self._heading(candidate, path, word(operation.get("summary")))
        return ImportedOperation(
            key=sent_key(candidate), heading=heading, method=candidate.method, path=path, where=where,
            description=self._description(operation, where), headers=(*headers, *_unlike(credential.further, headers)),
            parameters=parameters, body=body, success=success, errors=errors,
            pagination=pages[0] if pages else None, pagination_guess=(pages[1] or None) if pages else None,
            idempotent=_flag(operation.get("x-intertie-idempotent", operation.get("x-idempotent"))),
            streaming=stream,
        )  # fmt: skip

    def _heading(self, candidate: Candidate, path: str, summary: str) -> str:
        """Return the heading of an operation: the one that it has in the spec already, else a new one."""
        key = f"{candidate.method} {path}"
        given = [heading for known, heading in self._options.headings.items() if known.partition(" #")[0] == key]
        named = snake_case(candidate.name)
        if len(given) > 1 or candidate.path != path:
            given = [heading for heading in given if snake_case(heading) == named]
        return given[0] if given else self._headings.give(candidate.method, path, candidate.name, summary)

    def _declared(self, holder: Mapping, where: str) -> Iterator[tuple[Mapping, str]]:
        given = holder.get("parameters")
        for at, value in enumerate(given if isinstance(given, list) else ()):
            yield self._references.follow(value, step(where, "parameters", at))

    def _description(self, operation: Mapping, where: str) -> str | None:
        text, summary = prose(word(operation.get("description"))), prose(word(operation.get("summary")))
        if not text and snake_case(summary) != snake_case(word(operation.get("operationId"))):
            text = summary
        if operation.get("deprecated") is True and not text.lower().startswith("deprecated"):
            text = f"Deprecated. {text}".strip()
        text, cut = first_sentences(text, self._options.brevity.operation)
        if cut:
            self._ledger.lose("long-text", "description", step(where, "description"))
        return text or None

    def _pages(
        self,
        candidate: Candidate,
        parameters: tuple[ImportedParameter, ...],
        success: ImportedSuccess | None,
        operation: Mapping,
    ) -> tuple[dict[str, object], str] | None:
        stated = mapping(operation.get("x-intertie-pagination"))
        if stated:
            return dict(stated), ""
        if candidate.method != "GET" or success is None:
            return None
        quiet = References(self._document, Ledger())

        def resolve(schema: object) -> Mapping:
            return quiet.follow(schema, "")[0]

        links = any(
            name.lower() == "link"
            for each in mapping(operation.get("responses")).values()
            for name in mapping(resolve(each).get("headers"))
        )
        answer = _raw_answer(operation, resolve)
        found = guess_pages(parameters, answer, resolve, links=links)
        if found is not None:
            self._ledger.guess("pagination", candidate.key, found[1])
        return found

    def _beside(self, operation: Mapping, item: Mapping, where: str) -> None:
        """Note what is said of an operation and has no place in a spec."""
        for name in mapping(operation.get("callbacks")):
            self._ledger.lose("callback", name, step(where, "callbacks", name))
        if operation.get("servers") or item.get("servers"):
            self._ledger.lose("operation-server", "servers", step(where, "servers"))
        for key, value in operation.items():
            if is_limit_key(key):
                stated = ", ".join(f"{name}: {count}" for name, count in rates_of(value).items())
                self._ledger.lose("operation-limit", stated or key, step(where, key))
            elif key.startswith("x-") and key != "x-idempotent" and not key.startswith("x-intertie-"):
                self._ledger.lose("extension", key, step(where, key))

    # The service

    def _limits(self) -> tuple[dict[str, object], str | None]:
        for holder, where in ((self._document, "#"), (self._info, "#/info")):
            for key, value in holder.items():
                if is_limit_key(key) or key == "x-intertie-rate-limits":
                    stated = rates_of(value)
                    if stated:
                        guess = None if key.startswith("x-intertie-") else f"{step(where, key)}"
                        if guess:
                            self._ledger.guess("rate limits", where, guess)
                        return stated, guess
        fields: dict[str, object] = {}
        words = []
        for field, count, said in rates_in(prose(word(self._info.get("description")))):
            if field not in fields:
                fields[field] = count
                words.append(said)
        if not fields:
            return {}, None
        reason = f"the description: {', '.join(words)}"
        self._ledger.guess("rate limits", "#/info/description", reason)
        return fields, reason

    def _around(self) -> None:
        for name in mapping(self._document.get("webhooks")):
            self._ledger.lose("webhook", name, step("#/webhooks", name))
        for key in ("license", "termsOfService"):
            if self._info.get(key):
                self._ledger.lose("licence", key, step("#/info", key))
        for holder, where in ((self._document, "#"), (self._info, "#/info")):
            for key in holder:
                if key.startswith("x-") and not is_limit_key(key) and not key.startswith("x-intertie-"):
                    self._ledger.lose("extension", key, step(where, key))

    def _summary(self) -> str | None:
        written = word(self._info.get("description")) or word(self._info.get("summary"))
        text, cut = first_sentences(prose(written), self._options.brevity.overview)
        if cut:
            self._ledger.lose("long-text", "description", "#/info/description")
        return text or None

    def _contact(self) -> str | None:
        contact = mapping(self._info.get("contact"))
        return _link(contact.get("url")) or prose(word(contact.get("email"))) or None


def sendable(path: str) -> tuple[str, str | None]:
    """Return a path as it can be sent, and the kind of loss where that is not the whole of it.

    >>> sendable("/v1/charges/{id}"), sendable("/#Action=Run"), sendable("/a b/{+rest}")
    (('/v1/charges/{id}', None), ('/', 'path'), ('/ab/{rest}', 'unusable-path'))
    >>> sendable("/hooks/:id/v1:run")
    ('/hooks/{id}/v1:run', None)
    """
    route = re.split(r"[#?]", path, maxsplit=1)[0]
    lost = "path" if route != path else None
    if route.startswith("//"):
        lost, route = "unusable-path", f"/{route.lstrip('/')}"
    # `:id` is another spelling of a placeholder, for whoever reads the spec too.
    route = re.sub(r"(?<=/):([A-Za-z_][\w-]*)(?=/|$)", r"{\1}", route)
    route = re.sub(r"\{([^{}]+?)[*]?\}", lambda match: "{" + match[1].lstrip("+/;&") + "}", route)
    bare = _PLACEHOLDER_RE.sub("", route)
    if re.search(r"\s|\\", bare) or ".." in route.split("/"):
        lost, route = "unusable-path", re.sub(r"\s+|\\|\.\.", "", route)
    if "{" in bare or "}" in bare:
        # Braces that don't match: what stands in them is no placeholder.
        lost = "unusable-path"
        kept = _PLACEHOLDER_RE.findall(route)
        route = re.sub(r"[{}]", "", _PLACEHOLDER_RE.sub("\0", route))
        for placeholder in kept:
            route = route.replace("\0", placeholder, 1)
    return route or "/", lost


def data_format_of(operations: Iterable[ImportedOperation]) -> str:
    """Return the format of most bodies: `JSON`, `XML` or `Binary`."""
    names = {"json": "JSON", "xml": "XML", "binary": "Binary"}
    counts = dict.fromkeys(names.values(), 0)
    for operation in operations:
        media = operation.success.content_type if operation.success else None
        codec = "json" if is_json_lines(media or "") else codec_of(media or "")
        if codec in names:
            counts[names[codec]] += 1
    return max(counts, key=lambda name: counts[name])


def sent_key(candidate: Candidate) -> str:
    """Return what an operation is known by in a spec: its method and the path that is sent."""
    return f"{candidate.method} {sendable(candidate.path)[0]}"


def _version(info: Mapping) -> str | None:
    """Return the version; `unversioned` is what we write for none."""
    version = word(info.get("version"))
    return None if version in ("", "unversioned") else version


def _flag(value: object) -> bool | None:
    """Return a flag, None where the value is none."""
    return value if isinstance(value, bool) else None


def _raw_answer(operation: Mapping, resolve: object) -> object:
    """Return the schema of the first success as the source has it."""
    follow = resolve if callable(resolve) else mapping
    for status, each in sorted(mapping(operation.get("responses")).items()):
        if status.startswith("2") or status == "default":
            for media in mapping(follow(each).get("content")).values():
                if "schema" in mapping(media):
                    return mapping(media)["schema"]
    return None


def _unlike(further: tuple[ImportedHeader, ...], headers: tuple[ImportedHeader, ...]) -> tuple[ImportedHeader, ...]:
    names = {header.name.lower() for header in headers}
    return tuple(header for header in further if header.name.lower() not in names)


def _link(value: object) -> str | None:
    url = word(value)
    return url if re.fullmatch(r"https?://[^\s\[\]{}<>|?#@]+", url) else None


def too_many(name: str, count: int, document: Mapping, *further: str) -> str:
    """Return what to do about a source whose operations don't fit into one spec; `further` are other ways."""
    tags = list(tags_with_counts(document).items())
    named = ", ".join(f"{tag} ({number})" for tag, number in tags[:6]) + (", …" if len(tags) > 6 else "")
    ways = [f"choose some by --tag{f' ({named})' if named else ''}, --path or --operation", *further]
    return f"the {count:,} operations of {name} are more than one spec holds: {', or '.join(ways)}"


def tags_with_counts(document: Mapping) -> dict[str, int]:
    """Return tag -> number of its operations, the largest first."""
    counts: dict[str, int] = {}
    for item in mapping(document.get("paths")).values():
        for method, operation in mapping(item).items():
            if method in METHODS:
                for tag in tags_of(mapping(operation)):
                    counts[tag] = counts.get(tag, 0) + 1
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
