"""Parameters of an operation: OpenAPI's, in the words of a spec."""

from __future__ import annotations

import re

from intertie.core.json_pointer import step
from intertie.importers.keywords import BAD, is_pattern, mended
from intertie.importers.losses import Ledger
from intertie.importers.model import ImportedHeader, ImportedParameter
from intertie.importers.plain import Mapping, mapping, sequence, word
from intertie.importers.pointers import References
from intertie.importers.prose import first_sentences, holds_credential, prose
from intertie.runtime.schemas import CompiledSchema

PLACEHOLDER_RE = re.compile(r"\{([^{}]+)\}")
_RESERVED = frozenset({"accept", "content-type", "authorization", "host", "content-length", "connection",
                       "transfer-encoding"})  # fmt: skip
_STYLES = {
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "path": ("simple", "label", "matrix"),
    "header": ("simple",),
}
_OF_TYPE = {"spaceDelimited": "array", "pipeDelimited": "array", "deepObject": "object"}
_TOKEN_RE = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CREDENTIALS = frozenset({"token", "access_token", "oauth_token", "auth_token", "api_key", "apikey"})
_ACCESS_RE = re.compile(r"\b(?:auth\w*|access|api|bearer|oauth) (?:token|key)\b", re.IGNORECASE)
_IDEMPOTENCY_RE = re.compile(r"idempoten", re.IGNORECASE)


def _is_credential(name: str, location: str, description: str) -> bool:
    """Return whether a parameter is the credential once more, by its name and its description.

    >>> _is_credential("token", "query", "Authentication token. Requires scope: `users:read`")
    True
    >>> _is_credential("token", "query", "Of the next page."), _is_credential("password", "query", "Of the user.")
    (False, False)
    """
    return location in ("query", "header") and name.lower() in _CREDENTIALS and bool(_ACCESS_RE.search(description))


class ParameterReader:
    """Reads the parameters of one source."""

    def __init__(self, references: References, ledger: Ledger, *, longest: int) -> None:
        """Make one; a description of more than `longest` characters is cut."""
        self._references = references
        self._ledger = ledger
        self._longest = longest

    def read(
        self, declared: list[tuple[Mapping, str]], path: str, credential: frozenset[str]
    ) -> tuple[tuple[ImportedParameter, ...], tuple[ImportedHeader, ...]]:
        """Return parameters and headers of an operation; a placeholder of the path that none declares gets one.

        Args:
            declared: Each with its place; of two with the same name and place the later one holds.
            path: As it is sent.
            credential: Names of headers in lower case that `authentication` sends.
        """
        placeholders = list(dict.fromkeys(PLACEHOLDER_RE.findall(path)))
        found: dict[tuple[str, str], ImportedParameter] = {}
        headers: dict[str, ImportedHeader] = {}
        for given, where in declared:
            name, location = word(given.get("name")), word(given.get("in")).lower()
            if not self._is_usable(name, location, placeholders, where):
                continue
            if location == "header" and name.lower() in credential:
                continue
            if credential and _is_credential(name, location, word(given.get("description"))):
                self._ledger.lose("credential-parameter", name, where)
                continue
            if location == "header" and word(given.get("x-intertie-value")):
                about = self._description(given, where)
                value = word(given["x-intertie-value"])
                headers[name.lower()] = ImportedHeader(name, given.get("required") is True, value, about)
                continue
            if location == "header" and _IDEMPOTENCY_RE.search(name):
                headers[name.lower()] = self._key(name, given, where)
                continue
            found[name if location != "header" else name.lower(), location] = self._one(name, location, given, where)
        for name in placeholders:
            if (name, "path") not in found:
                reason = "the placeholder in the path"
                self._ledger.guess(f"parameter {name}", path, reason)
                found[name, "path"] = ImportedParameter(name, "path", True, None, {"type": "string"}, reason)
        return tuple(found.values()), tuple(headers.values())

    def _is_usable(self, name: str, location: str, placeholders: list[str], where: str) -> bool:
        if location == "cookie":
            self._ledger.lose("cookie-parameter", name, where)
        elif not name or location not in _STYLES or (location == "header" and not _TOKEN_RE.fullmatch(name)):
            self._ledger.lose("unusable-parameter", name or "parameter", where)
        elif location == "header" and name.lower() in _RESERVED:
            self._ledger.lose("reserved-header", name, where)
        elif location == "path" and name not in placeholders:
            self._ledger.lose("unused-path-parameter", name, where)
        else:
            return True
        return False

    def _key(self, name: str, given: Mapping, where: str) -> ImportedHeader:
        reason = "the header's name"
        self._ledger.guess(f"idempotency key {name}", where, reason)
        required = given.get("required") is True
        return ImportedHeader(name, required, "{uuid}", self._description(given, where), reason)

    def _one(self, name: str, location: str, given: Mapping, where: str) -> ImportedParameter:
        schema, place = self._schema(given, where)
        fields = self._fields(schema, place)
        style, explode = word(given.get("style")), given.get("explode")
        if style in _STYLES[location] and fields.get("type") in (None, _OF_TYPE.get(style, fields.get("type"))):
            if style != _STYLES[location][0]:
                fields["style"] = style
        elif style:
            self._ledger.lose("parameter-constraint", f"style {style}", where)
        if isinstance(explode, bool) and explode is not ((style or _STYLES[location][0]) in ("form", "deepObject")):
            fields["explode"] = explode
        for key in ("allowReserved", "allowEmptyValue"):
            if given.get(key) is True:
                self._ledger.lose("parameter-constraint", key, where)
        required = location == "path" or given.get("required") is True
        about = self._description(given, where) or self._description(schema, place)
        return ImportedParameter(name, location, required, about, fields)

    def _description(self, given: Mapping, where: str) -> str | None:
        text, cut = first_sentences(prose(word(given.get("description"))), self._longest)
        if cut:
            self._ledger.lose("long-text", "description", step(where, "description"))
        return text or None

    def _schema(self, given: Mapping, where: str) -> tuple[Mapping, str]:
        content = mapping(given.get("content"))
        if content:
            self._ledger.lose("parameter-content", word(given.get("name")), step(where, "content"))
            return {"type": "string"}, where
        return self._flat(given.get("schema"), step(where, "schema"))

    def _flat(self, value: object, where: str) -> tuple[Mapping, str]:
        """Return a schema with its references and its only branch followed."""
        schema, where = self._references.follow(value, where)
        for _ in range(8):
            only = next((key for key in ("allOf", "oneOf", "anyOf") if len(sequence(schema.get(key))) == 1), None)
            if only is None:
                break
            inner, where = self._references.follow(sequence(schema[only])[0], step(where, only, 0))
            schema = {**inner, **{key: each for key, each in schema.items() if key != only}}
        return schema, where

    def _fields(self, schema: Mapping, where: str) -> dict[str, object]:
        fields: dict[str, object] = {}
        for key in ("type", "format", "enum", "minimum", "maximum", "pattern"):
            value = schema.get(key)
            kept = mended(key, value) if value is not None else BAD
            if kept is BAD:
                if value is not None:
                    self._ledger.lose("parameter-constraint", key, step(where, key))
                continue
            fields[key] = kept
        self._type(fields, where)
        if fields.get("type") == "array":
            items = self._items(schema.get("items"), step(where, "items"))
            if items:
                fields["items"] = items
        for key in schema:
            if key.startswith("x-"):
                self._ledger.lose("extension", key, step(where, key))
            elif key not in _HELD and schema[key] not in (None, False, [], {}):
                self._ledger.lose("parameter-constraint", key, step(where, key))
        self._default(fields, schema, where)
        return {key: fields[key] for key in _ORDER if key in fields}

    def _type(self, fields: dict[str, object], where: str) -> None:
        kind = fields.get("type")
        if isinstance(kind, list):
            kinds = [each for each in kind if each != "null"]
            if len(kinds) == 1:
                fields["type"] = kinds[0]
            else:
                self._ledger.lose("parameter-constraint", "type", step(where, "type"))
                del fields["type"]
        elif kind == "null":
            del fields["type"]
        choices = fields.get("enum")
        if isinstance(choices, list):
            kept = [choice for choice in choices if isinstance(choice, str | int | float)]
            coerced = [_as(fields.get("type"), choice) for choice in kept]
            fields["enum"] = [new for new in coerced if new is not BAD] or kept
            if not kept:
                del fields["enum"]

    def _items(self, value: object, where: str) -> Mapping:
        schema, place = self._flat(value, where)
        kept: Mapping = {}
        for key, each in schema.items():
            if key in ("type", "format", "enum", "minimum", "maximum", "minLength", "maxLength", "pattern"):
                good = mended(key, each)
                if good is not BAD and not (key == "pattern" and not is_pattern(word(good))):
                    kept[key] = good
            elif key not in ("description", "title", "example", "examples", "nullable"):
                self._ledger.lose("parameter-constraint", f"items.{key}", step(place, key))
        return kept

    def _default(self, fields: dict[str, object], schema: Mapping, where: str) -> None:
        value = schema.get("default")
        if value is None:
            return
        kept = _as(fields.get("type"), value)
        looks_unfilled = isinstance(kept, str) and re.fullmatch(r"\s*\[[^\[\]]+\]\s*", kept) is not None
        # What a call sends by default is judged like what its caller gives.
        if kept is BAD or looks_unfilled or holds_credential(kept) or not CompiledSchema(fields).is_valid(kept):
            self._ledger.lose("default-value", "default", step(where, "default"))
        else:
            fields["default"] = kept


_ORDER = ("type", "format", "enum", "items", "minimum", "maximum", "pattern", "default")
_HELD = frozenset({*_ORDER, "description", "title", "example", "examples", "nullable", "deprecated", "$ref", "allOf"})


def _as(kind: object, value: object) -> object:
    """Return a value in a parameter's type, `BAD` where it can't be."""
    match kind:
        case "string":
            return value if isinstance(value, str) else word(value) or BAD
        case "integer" | "number":
            kept = mended("minimum", value)
            return BAD if kind == "integer" and isinstance(kept, float) and not kept.is_integer() else kept
        case "boolean":
            return mended("nullable", value)
        case "array":
            return value if isinstance(value, list) else BAD
        case "object":
            return value if isinstance(value, dict) else BAD
        case _:
            return value
