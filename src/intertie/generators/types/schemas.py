"""JSON Schemas as shapes: of what comes back, and of what a caller may give.

An answer has the types of JSON. An input has what the runtime reads without a doubt
(`runtime.inputs.coercion`): `"10"` for an integer, a `Decimal` for a text, a `datetime` for an
instant. Where a schema says nothing, or says it in a way that Python's types can't, the shape is unknown, never a
guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256

import msgspec

from intertie.core.json_pointer import DEFINITIONS, name_after
from intertie.generators.types.names import pascal
from intertie.generators.types.shapes import (
    ANY,
    OBJECT,
    UNKNOWN,
    Catalogue,
    Choice,
    Field,
    Items,
    Named,
    Record,
    Scalar,
    Shape,
    Table,
    either,
    is_larger,
    literal,
)
from intertie.runtime.schemas import CompiledSchema

_DEEPEST = 40
_ROUNDS = 10
_LARGEST = 200
_MOST_MERGED = 20_000
_READ = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
_GIVEN = {"integer": "_Integer", "number": "_Number", "boolean": "_Boolean", "null": "None"}
_FORMATS = {"date-time": "_Instant", "date": "_Day", "uuid": "_Uuid"}
_PLAIN_FORMATS = frozenset(
    {"email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6", "uri", "uri-reference", "iri", "iri-reference"}
)
_TEXTS = {"json": "_Text", "text": "_Written", "multipart": "_Part"}


class SchemaReader:
    """Reads the schemas of one self-contained document.

    Args:
        catalogue: Where named shapes are kept.
        root: The document, with its `$defs`.
        mode: `result`, or how an input is written: `json`, `text` (parameters, forms), `multipart`.
    """

    def __init__(self, catalogue: Catalogue, root: Mapping[str, object] | bool, mode: str) -> None:
        self._catalogue = catalogue
        self._root: Mapping[str, object] = {} if isinstance(root, bool) else root
        self._mode = mode
        self._is_result = mode == "result"
        self._unknown = ANY if self._is_result else OBJECT
        definitions = self._root.get("$defs")
        self._definitions: Mapping[str, object] = definitions if isinstance(definitions, Mapping) else {}
        self._marks: dict[str, str] | None = None

    def whole(self, schema: CompiledSchema, hint: str) -> Shape:
        """Return the shape of the document itself, under the name that the spec gives it."""
        if schema.name is None or isinstance(schema.json, bool):
            return self.read(schema.json, hint)
        return self._named("#", schema.name, self._root)

    def read(self, schema: object, hint: str, depth: int = 0) -> Shape:
        """Return the shape of a schema of the document; `hint` names an object that has no name of its own."""
        if not isinstance(schema, Mapping) or depth > _DEEPEST:
            return self._unknown
        parts: list[Shape] = []
        reference = schema.get("$ref")
        if isinstance(reference, str):
            parts.append(self._target(reference))
        own = self._own(schema, hint, depth)
        parts.append(own)
        all_of = schema.get("allOf")
        parts += [self.read(part, hint, depth + 1) for part in all_of] if isinstance(all_of, list) else []
        shape = self._all(parts, hint)
        for keyword in ("anyOf", "oneOf"):
            branches = schema.get(keyword)
            if isinstance(branches, list) and branches:
                shape = self._any(shape, [self.read(b, _branch(hint, b), depth + 1) for b in branches], hint)
        return shape

    # --- one schema ---------------------------------------------------------------------------------------------------

    def _own(self, schema: Mapping[str, object], hint: str, depth: int) -> Shape:
        """Return what the schema says by itself, without what it is composed of."""
        if "const" in schema:
            return self._chosen([schema["const"]])
        choices = schema.get("enum")
        if isinstance(choices, list) and choices:
            return self._chosen(choices)
        named = schema.get("type")
        types = [named] if isinstance(named, str) else named if isinstance(named, list) else []
        if not types and "properties" in schema:
            types = ["object"]
        elif not types and "items" in schema:
            types = ["array"]
        return either(self._typed(str(kind), schema, hint, depth) for kind in types) if types else self._unknown

    def _chosen(self, values: list[object]) -> Shape:
        if any(isinstance(value, Mapping | list) for value in values):
            return self._unknown
        return literal(values)

    def _typed(self, kind: str, schema: Mapping[str, object], hint: str, depth: int) -> Shape:
        if kind == "object":
            return self._object(schema, hint, depth)
        if kind == "array":
            items = schema.get("items")
            item = self.read(items, f"{hint}Item", depth + 1) if "prefixItems" not in schema else self._unknown
            return Items(item, read_only=not self._is_result)
        if self._is_result:
            return Scalar(_READ[kind]) if kind in _READ else ANY
        if kind == "string":
            return Scalar(self._text(schema.get("format")))
        return Scalar(_GIVEN[kind]) if kind in _GIVEN else OBJECT

    def _text(self, stated: object) -> str:
        if self._mode == "multipart":
            return "_Part"
        if stated in _PLAIN_FORMATS:
            return "str"
        return _FORMATS.get(str(stated), _TEXTS[self._mode])

    def _object(self, schema: Mapping[str, object], hint: str, depth: int) -> Shape:
        properties = schema.get("properties")
        others = schema.get("additionalProperties")
        if not isinstance(properties, Mapping) or not properties:
            value = self.read(others, f"{hint}Value", depth + 1) if "patternProperties" not in schema else self._unknown
            return Table(value, read_only=not self._is_result)
        required = schema.get("required")
        names = {str(name) for name in required} if isinstance(required, list) else set()
        fields = tuple(
            (str(name), Field(self.read(member, hint + pascal(str(name)), depth + 1), str(name) in names))
            for name, member in properties.items()
        )
        record = Record(hint, fields)
        if self._is_result or not takes_others(schema):
            return record
        # A typed dictionary can't have other keys beside its own; the spec says that there may be some.
        return either([record, Table(OBJECT, read_only=True)])

    # --- compositions -------------------------------------------------------------------------------------------------

    def _all(self, parts: Iterable[Shape], hint: str) -> Shape:
        """Return what has all the parts: their objects merged; else the first that is known, which the rest narrows."""
        known = [part for part in parts if part not in UNKNOWN]
        if not known:
            return self._unknown
        records = [part for part in map(self._catalogue.resolve, known) if isinstance(part, Record)]
        if len(known) == 1 or len(records) < 2:
            return next((part for part in known if isinstance(self._catalogue.resolve(part), Record)), known[0])
        fields: dict[str, Field] = {}
        for record in records:
            for name, field in record.fields:
                before = fields.get(name)
                shape = field.shape if before is None else self._all([before.shape, field.shape], hint + pascal(name))
                fields[name] = Field(shape, field.required or (before is not None and before.required))
        return Record(hint, tuple(fields.items()))

    def _any(self, base: Shape, branches: list[Shape], hint: str) -> Shape:
        if any(branch in UNKNOWN for branch in branches):
            return base
        if base in UNKNOWN:
            return either(branches)
        record = self._catalogue.resolve(base)
        if not isinstance(record, Record) or len(record.fields) * len(branches) > _MOST_MERGED:
            return base
        merged = [self._all([base, branch], f"{hint}{number}") for number, branch in enumerate(branches, 1)]
        return either(merged)

    # --- names --------------------------------------------------------------------------------------------------------

    def _target(self, reference: str) -> Shape:
        if reference == "#":
            return self._named("#", "Schema", self._root)
        name = name_after(DEFINITIONS, reference)
        if name is None or name not in self._definitions:
            return self._unknown
        return self._named(name, name, self._definitions[name])

    def _named(self, place: str, name: str, schema: object) -> Shape:
        if self._marks is None:
            self._marks = _marks(self._root, self._definitions)
        key = f"{self._mode} {name} {self._marks[place]}"
        shapes = self._catalogue.shapes
        if key not in shapes:
            shapes[key] = None
            hint = pascal(name.lstrip("#"))
            made = self.read(schema, hint if self._is_result else f"{hint}Input")
            if isinstance(made, Choice):
                made = Choice(made.values, hint)
            elif not isinstance(made, Record) and is_larger(made, _LARGEST):
                made = self._unknown  # it stands where it is referred to, again and again
            shapes[key] = made
        found = shapes[key]
        return found if found is not None and not isinstance(found, Record) else Named(key)


def takes_others(schema: object) -> bool:
    """Return whether an object schema says in words that there may be members which it doesn't name."""
    if not isinstance(schema, Mapping):
        return False
    return schema.get("additionalProperties") not in (None, False) or "patternProperties" in schema


def _branch(hint: str, branch: object) -> str:
    title = branch.get("title") if isinstance(branch, Mapping) else None
    return pascal(title) if isinstance(title, str) and title.strip() else hint


def _marks(root: Mapping[str, object], definitions: Mapping[str, object]) -> dict[str, str]:
    """Return for each named schema a mark of its content and of what it refers to, so that equal ones are one type.

    A schema's mark is made of its text and the marks of its references, again and again: two of one name that differ
    ten references away are told apart.
    """
    own = {key: value for key, value in root.items() if key != "$defs"}
    places = {"#": own, **definitions}
    texts = {place: msgspec.json.encode(content, order="sorted") for place, content in places.items()}
    references = {
        place: sorted({each for each in _references(content) if each in places}) for place, content in places.items()
    }
    marks = {place: sha256(text).hexdigest() for place, text in texts.items()}
    for _ in range(min(_ROUNDS, len(places))):
        marks = {
            place: sha256("".join([marks[place], *(marks[each] for each in references[place])]).encode()).hexdigest()
            for place in places
        }
    return marks


def _references(content: object) -> Iterator[str]:
    waiting = [content]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Mapping):
            reference = part.get("$ref")
            if isinstance(reference, str):
                yield name_after(DEFINITIONS, reference) or reference
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
