"""Request bodies and answers of an OpenAPI operation."""

from __future__ import annotations

import re

from intertie.core.json_pointer import step
from intertie.core.media_types import codec_of, essence, is_json_lines
from intertie.diagnostics.credentials import credential_shape
from intertie.importers.losses import Ledger
from intertie.importers.model import ImportedBody, ImportedError, ImportedSuccess
from intertie.importers.plain import Mapping, mapping, word
from intertie.importers.pointers import References
from intertie.importers.prose import first_sentences, prose
from intertie.importers.schemas import SchemaKeeper

_STATUS_RE = re.compile(r"[1-5](?:\d\d|XX)", re.IGNORECASE)
_MOST_EXAMPLE_VALUES = 200
_MEDIA_RE = re.compile(r"[\w!#$&^.+*-]+/[\w!#$&^.+*-]+(?:\s*;.*)?")
_WITHOUT_BODY = frozenset({"GET", "HEAD", "DELETE"})


class AnswerReader:
    """Reads bodies and answers of one source."""

    def __init__(
        self, references: References, schemas: SchemaKeeper, ledger: Ledger, *, examples: bool, longest: int
    ) -> None:
        """Make one; a description of more than `longest` characters is cut."""
        self._references = references
        self._schemas = schemas
        self._ledger = ledger
        self._examples = examples
        self._longest = longest

    def body(self, value: object, where: str, *, method: str) -> ImportedBody | None:
        """Return the request body, None where the operation has none, or one of nothing where none is expected."""
        if not isinstance(value, dict):
            return None
        given, where = self._references.follow(value, where)
        chosen = self._chosen(mapping(given.get("content")), step(where, "content"), "request-media-type")
        if chosen is None:
            return None
        name, media, place = chosen
        if method in _WITHOUT_BODY and given.get("required") is not True and _says_nothing(media.get("schema")):
            self._ledger.lose("empty-body", name, place)
            return None
        self._encoding(media, place)
        schema = self._schemas.keep(media["schema"], step(place, "schema"), sent=True) if "schema" in media else None
        return ImportedBody("application/json" if name == "*/*" else name, given.get("required") is True, schema)

    def answers(
        self, value: object, where: str
    ) -> tuple[ImportedSuccess | None, tuple[ImportedError, ...], str | None]:
        """Return success, errors and the kind of stream that success is, None where it is none."""
        successes: list[tuple[str, Mapping, str]] = []
        others: list[tuple[str, Mapping, str]] = []
        errors: list[ImportedError] = []
        default: tuple[str, Mapping, str] | None = None
        for status, each in mapping(value).items():
            if status.startswith("x-"):
                continue
            given, place = self._references.follow(each, step(where, status))
            code = status.strip().lower()
            if code == "default":
                default = (code, given, place)
            elif not _STATUS_RE.fullmatch(code):
                self._ledger.lose("answer-status", status, place)
            elif code[0] == "2":
                successes.append((code, given, place))
            elif code[0] in "45":
                errors.append(self._error(code, given, place))
            else:
                others.append((code, given, place))
        if not successes and others:
            successes, others = others[:1], others[1:]
        for code, _, place in others:
            self._ledger.lose("answer-status", code, place)
        guess = None
        if default is not None and not successes:
            guess = "the answer declared as `default`"
            self._ledger.guess("success", where, guess)
            success, stream = self._success([default], (), guess)
        else:
            success, stream = self._success(successes, tuple(code for code, _, _ in successes), None)
            if default is not None:
                errors.append(self._error(*default))
        return success, tuple(errors), stream

    def _success(
        self, found: list[tuple[str, Mapping, str]], statuses: tuple[str, ...], guess: str | None
    ) -> tuple[ImportedSuccess | None, str | None]:
        if not found:
            return None, None
        content_type, schema, example, has_example, stream = None, None, None, False, None
        taken = False
        for code, given, where in found:
            self._beside(given, where)
            chosen = self._chosen(mapping(given.get("content")), step(where, "content"), "answer-media-type")
            if chosen is None:
                continue
            if taken:
                self._ledger.lose("success-answer", code, where)
                continue
            taken = True
            name, media, place = chosen
            content_type = name
            is_events = essence(content_type) == "text/event-stream"
            stream = "sse" if is_events else "ndjson" if is_json_lines(content_type) else None
            schema = self._schemas.keep(media["schema"], step(place, "schema")) if "schema" in media else None
            example, has_example = self._example(media, place)
        return ImportedSuccess(statuses, content_type, schema, example, has_example, guess), stream

    def _error(self, status: str, given: Mapping, where: str) -> ImportedError:
        headers = self._beside(given, where)
        chosen = self._chosen(mapping(given.get("content")), step(where, "content"), "answer-media-type")
        schema, content_type = None, None
        if chosen is not None:
            content_type, media, place = chosen
            schema = self._schemas.keep(media["schema"], step(place, "schema")) if "schema" in media else None
            if content_type in ("application/json", "*/*"):
                content_type = None
        text, cut = first_sentences(prose(word(given.get("description"))), self._longest)
        if cut:
            self._ledger.lose("long-text", "description", step(where, "description"))
        marked = [name for name, each in mapping(given.get("headers")).items() if _tells_when(each)]
        retry_after = next(
            (name for name in (*marked, *headers) if name in marked or name.lower() == "retry-after"), None
        )
        return ImportedError(status, text or None, content_type, schema, retry_after)

    def _beside(self, given: Mapping, where: str) -> list[str]:
        """Return the names of an answer's headers; those that no guard reads and its links are lost."""
        headers = list(mapping(given.get("headers")))
        for name in headers:
            if not _tells_when(mapping(given["headers"])[name]) and not re.search(
                r"rate-?limit|retry-after|deprecation|sunset|^link$", name, re.IGNORECASE
            ):
                self._ledger.lose("answer-header", name, step(where, "headers", name))
        for name in mapping(given.get("links")):
            self._ledger.lose("link", name, step(where, "links", name))
        return headers

    def _chosen(self, content: Mapping, where: str, kind: str) -> tuple[str, Mapping, str] | None:
        """Return (media type, what is said of it, place) of the best content type."""
        usable = [name for name in content if _MEDIA_RE.fullmatch(name.strip())]
        for name in content:
            if name not in usable:
                self._ledger.lose(kind, name, step(where, name))
        if not usable:
            return None
        best = min(usable, key=lambda name: (_rank(name), usable.index(name)))
        for name in usable:
            if name != best:
                self._ledger.lose(kind, name, step(where, name))
        media, place = self._references.follow(content[best], step(where, best))
        if "itemSchema" in media:
            self._ledger.lose("stream-items", "itemSchema", step(place, "itemSchema"))
        return best.strip(), media, place

    def _encoding(self, media: Mapping, where: str) -> None:
        for name in mapping(media.get("encoding")):
            self._ledger.lose("encoding", name, step(where, "encoding", name))

    def _example(self, media: Mapping, where: str) -> tuple[object, bool]:
        """Return the example of an answer, and whether there is one that can be kept."""
        found: list[tuple[object, str]] = []
        if "example" in media:
            found.append((media["example"], step(where, "example")))
        for name, each in mapping(media.get("examples")).items():
            place = step(where, "examples", name)
            given, _ = self._references.follow(each, place)
            if "value" in given or "dataValue" in given:
                found.append((given.get("value", given.get("dataValue")), place))
            else:
                self._ledger.lose("example", name, place)
        kept: tuple[object, bool] = (None, False)
        for value, place in found:
            if self._examples and not kept[1] and is_keepable(value):
                kept = (value, True)
            else:
                self._ledger.lose("example", place.rpartition("/")[2], place)
        return kept


def _tells_when(header: object) -> bool:
    return mapping(header).get("x-intertie-retry-after") is True


def _rank(media: str) -> int:
    """Return how gladly a media type is taken, lower is better."""
    if essence(media) == "application/json":
        return 0
    order = ("json", "", "form", "multipart", "xml", "text", "binary")
    return 1 + order.index(codec_of(media))


def is_keepable(value: object) -> bool:
    """Return whether an example is small enough, and holds nothing that looks like a credential."""
    pending = [value]
    count = 0
    while pending:
        current = pending.pop()
        count += 1
        if count > _MOST_EXAMPLE_VALUES:
            return False
        if isinstance(current, dict):
            pending.extend(current.values())
            if any(not isinstance(key, str) or len(key) > 200 for key in current):
                return False
        elif isinstance(current, list):
            pending.extend(current)
        elif isinstance(current, str) and (len(current) > 4000 or credential_shape(current)):
            return False
    return True


def tags_of(operation: Mapping) -> tuple[str, ...]:
    """Return the tags of an operation."""
    found = operation.get("tags")
    return tuple(word(tag) for tag in found if word(tag)) if isinstance(found, list) else ()


def _says_nothing(schema: object) -> bool:
    """Return whether a schema describes no member: some generators give every operation a body."""
    if schema is None:
        return True
    known = {"type", "properties", "additionalProperties"}
    return isinstance(schema, dict) and schema.keys() <= known and not schema.get("properties")
