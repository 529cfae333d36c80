"""Schemas of a source as a spec can hold them: those that are reached, under their own names, mended where broken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from intertie.core.json_pointer import COMPONENTS, escaped, name_after, same_as, step, unescaped
from intertie.importers.brevity import InPlace
from intertie.importers.endless import endless
from intertie.importers.inference import kind_of
from intertie.importers.keywords import BAD, is_pattern, is_plain_keyword, mended
from intertie.importers.losses import Ledger
from intertie.importers.plain import Mapping, mapping, sequence
from intertie.importers.pointers import References
from intertie.importers.prose import first_sentences, holds_credential, prose
from intertie.spec.dialects import SCHEMA_LISTS, SCHEMA_MAPS, SCHEMAS

_NAMED = (COMPONENTS, "#/definitions/")
"""Where a source keeps its schemas by name."""
_NAME_RE = re.compile(r"[^\w.~-]+")
_IDENTITIES = frozenset({"$schema", "$id", "id", "$anchor", "$dynamicAnchor", "$comment", "$vocabulary", "$defs",
                         "definitions", "externalDocs", "collectionFormat"})  # fmt: skip
"""Keywords that say nothing once every reference is resolved."""


class SchemaKeeper:
    """Collects the schemas of one import."""

    def __init__(
        self, references: References, ledger: Ledger, *, in_place: InPlace | None, longest_description: int
    ) -> None:
        """Make an empty one.

        Args:
            references: Of the source.
            ledger: Where losses are noted.
            in_place: Which schemas stay in their operation; the others are components too, under the name of their
                place: what is to be referred to needs a pointer, not a name. None keeps all of them there.
            longest_description: In characters; what is longer is cut.
        """
        self._references = references
        self._ledger = ledger
        self._limits = in_place
        self._longest_description = longest_description
        self._names: dict[str, str] = {}
        self._made: dict[str, object] = {}
        self._pointers: dict[str, str] = {}
        self._mended: set[str] = set()
        self._sent: list[object] = []
        self._in_place: set[str] = set()

    def keep(self, schema: object, where: str, *, sent: bool = False) -> object:
        """Return a schema as it is written in an endpoint; what it refers to is kept as a component.

        Args:
            schema: As the source has it.
            where: Its place there.
            sent: Whether it is of what we send.
        """
        limits = self._limits
        most = None if limits is None else limits.sent if sent else limits.received
        if most is not None and _is_large(schema, most) and self._references.find(where) is schema:
            name = self._register(where)
            self._in_place.add(name)
            kept: object = {"$ref": COMPONENTS + escaped(name)}
        else:
            kept = self._schema(schema, where)
        if sent:
            self._sent.append(kept)
        return kept

    def components(self) -> dict[str, object]:
        """Return name -> schema of everything kept so far, in the order it was reached."""
        pending = [name for name in self._pointers if name not in self._made]
        while pending:
            for name in pending:
                where = self._pointers[name]
                before = len(self._ledger.losses)
                self._made[name] = self._schema(self._references.find(where), where)
                if any(loss.kind in _BREAKING for loss in self._ledger.losses[before:]):
                    self._mended.add(name)
            pending = [name for name in self._pointers if name not in self._made]
        for name in self._pointers:
            self._break_circle(name)
        for name, fields in endless(self._made, _name_in).items():
            self._release(name, fields)
        for name, kept in self._reached_by(self._sent):
            if self._relax(kept):
                self._mended.add(name)
        return dict(self._made)

    def unbroken(self) -> dict[str, str]:
        """Return name -> reference in the source, of those that mean the same there, with all they lead to."""
        broken = set(self._mended)
        while True:
            more = {
                name
                for name, schema in self._made.items()
                if name not in broken and any(other in broken for other in _referred(schema))
            }
            if not more:
                return {name: where for name, where in self._pointers.items() if name not in broken}
            broken |= more

    def in_place(self) -> frozenset[str]:
        """Return the names of components that the source has in an operation, without a name."""
        return frozenset(self._in_place)

    # One schema

    def _schema(self, schema: object, where: str) -> object:
        if isinstance(schema, bool):
            return schema
        if not isinstance(schema, dict):
            if schema is not None:
                self._ledger.lose("schema-mended", "schema", where)
            return {}
        made: Mapping = {}
        for keyword, value in schema.items():
            self._keyword(made, str(keyword), value, where)
        if schema.get("type") == "file":
            made["format"] = "binary"
        self._choices(made, where)
        # A reference or a type comes first, as people write it.
        first: Mapping = {keyword: made[keyword] for keyword in ("$ref", "type") if keyword in made}
        return {**first, **made}

    def _keyword(self, made: Mapping, keyword: str, value: object, where: str) -> None:
        place = step(where, keyword)
        if keyword == "$ref":
            self._reference(made, value, where)
        elif keyword in SCHEMA_MAPS:
            made[keyword] = self._by_name(keyword, value, place)
        elif keyword in SCHEMA_LISTS:
            branches = (
                [self._schema(each, step(place, at)) for at, each in enumerate(value)]
                if isinstance(value, list)
                else []
            )
            if branches:
                made[keyword] = branches
            else:
                self._ledger.lose("schema-mended", keyword, place)
        elif keyword == "items" and isinstance(value, list):
            made[keyword] = [self._schema(each, step(place, at)) for at, each in enumerate(value)] or {}
        elif keyword in SCHEMAS:
            if isinstance(value, dict | bool):
                made[keyword] = self._schema(value, place)
            else:
                self._ledger.lose("schema-mended", keyword, place)
        elif keyword in ("dependentRequired", "dependencies"):
            kept = {name: each for name, each in mapping(value).items() if isinstance(each, list)}
            if kept:
                made["dependentRequired"] = kept
        elif keyword == "xml":
            self._ledger.lose("xml-shape", "xml", place)
        elif keyword == "discriminator":
            self._discriminator(made, value, place)
        elif is_plain_keyword(keyword):
            self._plain(made, keyword, value, place)
        elif keyword.startswith("x-"):
            self._ledger.lose("extension", keyword, place)
        elif keyword not in _IDENTITIES:
            self._ledger.lose("schema-mended", keyword, place)

    def _choices(self, made: Mapping, where: str) -> None:
        """Leave out of an enum what its type never allows."""
        kinds, choices = made.get("type"), made.get("enum")
        if not isinstance(choices, list) or not isinstance(kinds, str | list):
            return
        allowed = {kinds} if isinstance(kinds, str) else set(kinds)
        allowed |= {"integer"} if "number" in allowed else set()
        allowed |= {"null"} if made.get("nullable") is True else set()
        kept = [
            choice
            for choice in choices
            if kind_of(choice) in allowed
            or (isinstance(choice, float) and choice.is_integer() and "integer" in allowed)
        ]
        # With none left, the type is what is wrong.
        if kept != choices:
            self._ledger.lose("schema-mended", "enum", step(where, "enum"))
            if kept:
                made["enum"] = kept
            else:
                del made["type"]

    def _plain(self, made: Mapping, keyword: str, value: object, place: str) -> None:
        kept = mended(keyword, value)
        if kept is BAD:
            if value is not None:
                self._ledger.lose("schema-mended", keyword, place)
            return
        if keyword in _DATA and holds_credential(kept):
            self._ledger.lose("example", keyword, place)
            return
        if keyword == "description" and isinstance(kept, str):
            kept, cut = first_sentences(prose(kept), self._longest_description)
            if cut:
                self._ledger.lose("long-text", "description", place)
            if not kept:
                return
        made[keyword] = kept

    def _by_name(self, keyword: str, value: object, place: str) -> Mapping:
        kept: Mapping = {}
        if not isinstance(value, dict):
            self._ledger.lose("schema-mended", keyword, place)
            return kept
        for name, each in value.items():
            if (keyword == "patternProperties" and not is_pattern(name)) or not isinstance(each, dict | bool):
                self._ledger.lose("schema-mended", name, step(place, name))
            else:
                kept[name] = self._schema(each, step(place, name))
        return kept

    def _discriminator(self, made: Mapping, value: object, place: str) -> None:
        self._ledger.lose("discriminator", "discriminator", place)
        given = {"propertyName": value} if isinstance(value, str) else mapping(value)
        name, branches = given.get("propertyName"), mapping(given.get("mapping"))
        if not isinstance(name, str):
            return
        kept: Mapping = {"propertyName": name}
        found: Mapping = {}
        for tag, target in branches.items():
            pointer = target if isinstance(target, str) and target.startswith("#") else f"{COMPONENTS}{target}"
            if self._references.find(pointer) is not None:
                found[tag] = COMPONENTS + escaped(self._register(pointer))
        if found:
            kept["mapping"] = found
        made["discriminator"] = kept

    # References

    def _reference(self, made: Mapping, value: object, where: str) -> None:
        if not isinstance(value, str):
            self._ledger.lose("schema-mended", "$ref", where)
            return
        pointer = self._pointer(value)
        if pointer is None:
            kind = "broken-reference" if value.startswith("#") else "external-reference"
            self._ledger.lose(kind, value, where)
            return
        made["$ref"] = COMPONENTS + escaped(self._register(pointer))

    def _pointer(self, reference: str) -> str | None:
        """Return where a reference leads within the source, through references that stand alone there."""
        for _ in range(40):
            target = self._references.find(reference)
            if not isinstance(target, dict | bool):
                # `$ref: Charge` is an old spelling.
                if "#" not in reference and "/" not in reference and "." not in reference:
                    reference = COMPONENTS + reference
                    continue
                return None
            following = mapping(target).get("$ref")
            if reference.startswith(_NAMED) or not isinstance(following, str) or set(mapping(target)) != {"$ref"}:
                return reference
            reference = following
        return None

    def _register(self, pointer: str) -> str:
        known = self._names.get(pointer)
        if known is not None:
            return known
        last = unescaped(pointer.rpartition("/")[2])
        is_named = pointer.startswith(_NAMED) and pointer in [prefix + escaped(last) for prefix in _NAMED]
        own = last if is_named else _name_of_place(pointer)
        name = wanted = _NAME_RE.sub("_", own).strip("_") or "schema"
        number = 2
        while name in self._pointers:
            name, number = f"{wanted}_{number}", number + 1
        if name != own and pointer.startswith(_NAMED):
            self._ledger.lose("schema-name", own, pointer)
        self._names[pointer] = name
        self._pointers[name] = pointer
        return name

    # What only the whole shows

    def _break_circle(self, name: str) -> None:
        """Replace a schema that is only itself (`A: {$ref: B}`, `B: {$ref: A}`)."""
        seen: set[str] = set()
        pending = [*_same_as(self._made[name])]
        while pending:
            current = pending.pop()
            if current == name:
                self._ledger.lose("circular-reference", name, self._pointers[name])
                self._made[name] = {}
                self._mended.add(name)
                return
            if current not in seen:
                seen.add(current)
                pending += _same_as(self._made.get(current))

    def _release(self, name: str, fields: list[str]) -> None:
        """Take fields that make a schema endless out of what is required."""
        part = mapping(self._made[name])
        left = [field for field in sequence(part.get("required")) if field not in fields]
        part["required"] = left
        if not left:
            del part["required"]
        self._ledger.lose("schema-mended", f"required {', '.join(fields)}", self._pointers[name])
        self._mended.add(name)

    def _reached_by(self, roots: list[object]) -> Iterator[tuple[str, object]]:
        """Yield name and schema of all that some schemas lead to, themselves first, which have no name."""
        seen: set[str] = set()
        pending = [("", root) for root in roots]
        while pending:
            current = pending.pop()
            yield current
            for name in _referred(current[1]):
                if name not in seen:
                    seen.add(name)
                    pending.append((name, self._made.get(name)))

    def _relax(self, schema: object) -> bool:
        """Take fields that only the service sets out of what is required; return whether there were any."""
        relaxed = False
        for part in _schemas_in(schema):
            required, properties = part.get("required"), mapping(part.get("properties"))
            if not isinstance(required, list):
                continue
            own = [name for name in required if mapping(properties.get(name)).get("readOnly") is True]
            if own:
                relaxed = True
                for name in own:
                    self._ledger.lose("read-only-field", str(name), f"required by {_title(part, self._made)}")
                left = [name for name in required if name not in own]
                part["required"] = left
                if not left:
                    del part["required"]
        return relaxed


_BREAKING = frozenset({"schema-mended", "broken-reference", "external-reference", "circular-reference"})
_DATA = frozenset({"default", "const", "enum", "example", "examples"})
_STRUCTURE = frozenset({
    "#", "components", "schemas", "definitions", "paths", "content", "schema", "properties", "items", "responses",
    "parameters", "requestBodies",
})  # fmt: skip


def _is_large(schema: object, most: int) -> bool:
    """Return whether a schema has more than so many values, which are about so many lines."""
    pending, count = [schema], 0
    while pending and count <= most:
        current = pending.pop()
        count += 1
        if isinstance(current, dict):
            pending.extend(current.values())
        elif isinstance(current, list):
            pending.extend(current)
    return count > most


def _name_of_place(pointer: str) -> str:
    """Return a name for a schema that has none: operation and status, or what the answer is called.

    >>> _name_of_place("#/paths/~1orders~1{id}/put/responses/404/content/application~1json/schema")
    'put_orders_id_404'
    >>> _name_of_place("#/paths/~1orders/post/requestBody/content/application~1json/schema")
    'post_orders_request'
    >>> _name_of_place("#/components/responses/NotFound/content/application~1json/schema/properties/error")
    'NotFound_error'
    >>> _name_of_place("#/components/responses/404/content/application~1json/schema")
    'answer_404'
    """
    parts = pointer.split("/")[1:]
    found: list[str] = []
    if parts[0] == "paths" and len(parts) > 2:
        found, parts = [parts[2], _as_name(parts[1])], ["", *parts[3:]]
    for before, part in pairwise(["", *parts]):
        if before == "responses":
            found.append(part if found or not part.isdecimal() else f"answer_{part}")
        elif part == "requestBody":
            found.append("request")
        elif before != "content" and part not in _STRUCTURE and not part.isdecimal():
            found.append(_as_name(part))
    return "_".join(part for part in found if part) or "schema"


def _as_name(part: str) -> str:
    return re.sub(r"\W+", "_", unescaped(part)).strip("_")


def _title(part: Mapping, made: dict[str, object]) -> str:
    return next((name for name, schema in made.items() if schema is part), "a schema in place")


def _name_in(reference: object) -> str | None:
    """Return the name of the component that a reference of ours leads to."""
    return name_after(COMPONENTS, reference)


def _same_as(schema: object) -> Iterator[str]:
    """Yield the names of the components that a schema is the same as."""
    return (name for reference in same_as(schema) if (name := _name_in(reference)) is not None)


def _schemas_in(schema: object) -> Iterator[Mapping]:
    """Yield every schema in a kept one, itself first; data such as examples is not looked into."""
    pending = [schema]
    while pending:
        current = pending.pop()
        if not isinstance(current, dict):
            continue
        yield current
        for keyword, value in current.items():
            if keyword in SCHEMA_MAPS and isinstance(value, dict):
                pending.extend(value.values())
            elif keyword in SCHEMA_LISTS or (keyword == "items" and isinstance(value, list)):
                pending.extend(value if isinstance(value, list) else ())
            elif keyword in SCHEMAS:
                pending.append(value)


def _referred(schema: object) -> Iterator[str]:
    for part in _schemas_in(schema):
        name = _name_in(part.get("$ref"))
        if name is not None:
            yield name
