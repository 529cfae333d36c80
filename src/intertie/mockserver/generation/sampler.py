"""Values made from a schema: valid, plausible, the same for the same key.

One try takes the author's examples and every optional field; the next ones take none of the examples, then the required
fields alone. What a try made counts only once the schema's validator agrees.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from intertie.mockserver.generation.draws import Draws
from intertie.mockserver.generation.merging import Flattener, References, Unsatisfiable
from intertie.mockserver.generation.numbers import integer, number
from intertie.mockserver.generation.plausible import WORDS, is_identifier, is_state, plausible_range
from intertie.mockserver.generation.strings import string
from intertie.runtime.schemas import CompiledSchema

__all__ = ["Sampler", "Unsatisfiable"]

_TRIES = 24
_WITH_EXAMPLES = 2
_WITH_OPTIONAL = 12
_DEEP = 5
_DEEPEST = 60
_MOST_ITEMS = 10_000

_KIND_OF_KEYWORD = {
    "properties": "object", "required": "object", "additionalProperties": "object", "patternProperties": "object",
    "minProperties": "object", "propertyNames": "object", "items": "array", "prefixItems": "array", "minItems": "array",
    "contains": "array", "uniqueItems": "array", "pattern": "string", "minLength": "string", "maxLength": "string",
    "minimum": "number", "maximum": "number", "exclusiveMinimum": "number", "exclusiveMaximum": "number",
    "multipleOf": "number",
}  # fmt: skip


class Sampler:
    """Makes values of one schema.

    Args:
        schema: Self-contained; references point into its own JSON.
        recent_s: UTC seconds that generated dates lie shortly before.
    """

    def __init__(self, schema: CompiledSchema, *, recent_s: float) -> None:
        self._schema = schema
        self._recent_s = recent_s
        self.references = References(schema.json)

    def sample(self, key: str) -> object:
        """Return a valid value, the same for the same key.

        Raises:
            Unsatisfiable: No try made a valid one; the message says why the last failed.
        """
        try:
            self._schema.is_valid(None)
        except ValueError as wrong:
            raise Unsatisfiable(f"the schema itself is invalid: {str(wrong).splitlines()[0]}") from wrong
        reason = "the schema allows no value"
        for attempt in range(_TRIES):
            walk = _Walk(
                self.references,
                Draws.keyed(f"{key}#{attempt}"),
                self._recent_s,
                examples=attempt < _WITH_EXAMPLES,
                optional=attempt < _WITH_OPTIONAL,
                first=attempt == 0,
            )
            try:
                value = walk.value(self._schema.json)
            except Unsatisfiable as failed:
                reason = str(failed)
                continue
            if self._schema.is_valid(value):
                return value
            broken = self._schema.first_error(value)
            reason = f"{broken[0]} breaks {broken[1]}" if broken else reason
        raise Unsatisfiable(f"no value could be made after {_TRIES} tries: {reason}")


class _Walk:
    """One try at one value."""

    def __init__(
        self, references: References, draws: Draws, recent_s: float, *, examples: bool, optional: bool, first: bool
    ) -> None:
        self._references = references
        self._draws = draws
        self._recent_s = recent_s
        self._examples = examples
        self._optional = optional
        self._first = first
        self._depth = 0
        self._flattener = Flattener(references, self._branch, self._condition)

    def value(self, schema: object, name: str = "", refs: tuple[str, ...] = (), *, vary: bool = False) -> object:
        """Return a value of `schema`; `vary` asks for identifiers other than the author's example."""
        flat, refs = self._flattener.flat(schema, refs)
        if "const" in flat:
            return flat["const"]
        given = self._given(flat)
        if given:
            chosen = given[0] if self._first and not vary else self._draws.choice(given)
            if vary and isinstance(chosen, str) and is_identifier(name) and "enum" not in flat:
                return self._draws.alike(chosen)
            return chosen
        options = flat.get("enum")
        if isinstance(options, list):
            if not options:
                raise Unsatisfiable(f"`{name}` allows no value: its enum is empty")
            fitting = [option for option in options if _fits(option, flat)] or options
            # Of the states that a thing can be in, authors name the good one first.
            return fitting[0] if self._examples and is_state(name) else self._draws.choice(fitting)
        self._depth += 1
        try:
            if self._depth > _DEEPEST:
                raise Unsatisfiable("every value of the schema contains itself")
            return self._made(flat, name, refs, vary=vary)
        finally:
            self._depth -= 1

    def _given(self, flat: Mapping[str, object]) -> list[object]:
        """Return the author's own examples that fit, best first."""
        if not self._examples:
            return []
        examples = flat.get("examples")
        listed = list(examples) if isinstance(examples, list) else []
        if isinstance(examples, Mapping):
            listed = [item.get("value", item) if isinstance(item, Mapping) else item for item in examples.values()]
        for keyword in ("example", "default"):
            if not listed and flat.get(keyword) is not None:
                listed = [flat[keyword]]
        return [example for example in listed if _fits(example, flat)]

    def _made(self, flat: Mapping[str, object], name: str, refs: tuple[str, ...], *, vary: bool) -> object:
        kind = self._kind(flat)
        if kind == "object":
            return self._object(flat, refs, vary=vary)
        if kind == "array":
            return self._array(flat, name, refs)
        if kind in ("integer", "number"):
            wanted = plausible_range(name, self._recent_s, flat.get("format"))
            make = integer if kind == "integer" or flat.get("format") in ("unix-time", "int32", "int64") else number
            return make(flat, self._draws, wanted)
        if kind == "boolean":
            return self._draws.chance(0.5)
        if kind == "null":
            return None
        return string(flat, self._draws, name, self._recent_s)

    def _kind(self, flat: Mapping[str, object]) -> str:
        kind = flat.get("type")
        if isinstance(kind, str):
            return kind
        if isinstance(kind, list) and kind:
            real = [one for one in kind if one != "null"] or kind
            simple = [one for one in real if one not in ("object", "array")]
            if self._depth > _DEEP:
                return "null" if "null" in kind else str((simple or real)[0])
            return str(real[0] if self._first else self._draws.choice(real))
        return next((kind for keyword, kind in _KIND_OF_KEYWORD.items() if keyword in flat), "string")

    # --- objects

    def _object(self, flat: Mapping[str, object], refs: tuple[str, ...], *, vary: bool) -> dict[str, object]:
        properties = _mapping(flat.get("properties"))
        required = [str(name) for name in _items(flat.get("required"))]
        most = _count(flat.get("maxProperties"), 1_000_000)
        made: dict[str, object] = {}
        for name in required:
            made[name] = self._property(flat, name, refs, vary=vary)
        for name, schema in properties.items():
            if name not in made and len(made) < most and self._wants(schema, refs):
                made[name] = self.value(schema, name, refs, vary=vary)
        self._add_dependents(flat, made, refs)
        fewest = _count(flat.get("minProperties"), 0)
        if not properties and self._optional and self._depth <= _DEEP and isinstance(self._extra_schema(flat), Mapping):
            fewest = max(fewest, min(2, most))
        self._add_extras(flat, made, fewest, refs)
        return made

    def _wants(self, schema: object, refs: tuple[str, ...]) -> bool:
        """Return whether an optional property is made: not in a minimal try, not without end, not write-only ones."""
        if schema is False or not self._optional:
            return False
        if isinstance(schema, Mapping):
            if schema.get("writeOnly") is True or schema.get("deprecated") is True:
                return False
            reference = schema.get("$ref")
            if isinstance(reference, str) and refs.count(reference) >= 1:
                return False
        if self._depth <= _DEEP:
            return not math.isinf(self._references.height(schema))
        return self._references.height(schema) == 0 and self._draws.chance(0.5)

    def _property(self, flat: Mapping[str, object], name: str, refs: tuple[str, ...], *, vary: bool) -> object:
        schema = _mapping(flat.get("properties")).get(name)
        if schema is None:
            schema = self._schema_by_pattern(flat, name)
        return self.value(True if schema is None else schema, name, refs, vary=vary)

    def _schema_by_pattern(self, flat: Mapping[str, object], name: str) -> object:
        for pattern, schema in _mapping(flat.get("patternProperties")).items():
            if CompiledSchema({"pattern": pattern}).is_valid(name):
                return schema
        return flat.get("additionalProperties")

    def _add_dependents(self, flat: Mapping[str, object], made: dict[str, object], refs: tuple[str, ...]) -> None:
        for name, needed in _mapping(flat.get("dependentRequired")).items():
            if name in made:
                for other in _items(needed):
                    made.setdefault(str(other), self._property(flat, str(other), refs, vary=False))
        for name, schema in _mapping(flat.get("dependentSchemas")).items():
            if name in made and isinstance(schema, Mapping):
                part = self.value({"type": "object", **schema}, "", refs)
                if isinstance(part, dict):
                    made.update({key: value for key, value in part.items() if key != name})

    def _extra_schema(self, flat: Mapping[str, object]) -> object:
        patterns = _mapping(flat.get("patternProperties"))
        if patterns:
            return next(iter(patterns.values()))
        return flat.get("additionalProperties", flat.get("unevaluatedProperties", True))

    def _add_extras(
        self, flat: Mapping[str, object], made: dict[str, object], fewest: int, refs: tuple[str, ...]
    ) -> None:
        declared = _mapping(flat.get("properties"))
        for name in declared:
            if len(made) >= fewest:
                return
            if name not in made:
                made[name] = self.value(declared[name], name, refs)
        schema = self._extra_schema(flat)
        if schema is False:
            return
        patterns = list(_mapping(flat.get("patternProperties")))
        names: object = {"pattern": patterns[0]} if patterns else flat.get("propertyNames", True)
        for attempt in range(20 * fewest):
            if len(made) >= fewest:
                return
            name = self._key(names, attempt)
            if name not in made:
                made[name] = self.value(schema, name, refs)

    def _key(self, names: object, attempt: int) -> str:
        if isinstance(names, Mapping):
            return str(self.value({"type": "string", **names}))
        return f"{self._draws.choice(WORDS)}{attempt if attempt > len(WORDS) else ''}"

    # --- arrays

    def _array(self, flat: Mapping[str, object], name: str, refs: tuple[str, ...]) -> list[object]:
        fewest, most = _count(flat.get("minItems"), 0), _count(flat.get("maxItems"), 1_000_000)
        if fewest > most:
            raise Unsatisfiable(f"`{name}` has minItems above maxItems")
        if fewest > _MOST_ITEMS:
            raise Unsatisfiable(f"`{name}` has more items than a mock makes")
        prefix = _items(flat.get("prefixItems"))
        rest = flat.get("items", True)
        contained = flat.get("contains")
        needed = _count(flat.get("minContains"), 1) if contained is not None else 0
        made: list[object] = [self.value(schema, name, refs) for schema in prefix[:most]]
        for _ in range(needed):
            made.append(self.value(contained, _singular(name), refs, vary=bool(made)))
        target = self._length(rest, refs, fewest, most, given="items" in flat)
        misses = 0
        while len(made) < target:
            item = self.value(rest, _singular(name), refs, vary=bool(made))
            if flat.get("uniqueItems") is True and item in made:
                misses += 1
                if misses > 200:
                    break
                continue
            made.append(item)
        return made

    def _length(self, rest: object, refs: tuple[str, ...], fewest: int, most: int, *, given: bool) -> int:
        if rest is False or not given or not self._optional:
            return fewest
        reference = rest.get("$ref") if isinstance(rest, Mapping) else None
        endless = isinstance(reference, str) and refs.count(reference) >= 1
        if self._depth > _DEEP or endless or math.isinf(self._references.height(rest)):
            return fewest
        return min(max(fewest, self._draws.integer(1, 3)), most)

    # --- choices

    def _branch(self, branches: list[object]) -> int:
        heights = [self._references.height(branch) for branch in branches]
        lowest = min(heights)
        if math.isinf(lowest):
            raise Unsatisfiable("every branch contains itself")
        usable = [i for i, high in enumerate(heights) if not math.isinf(high)]
        if self._depth > _DEEP:
            usable = [i for i in usable if heights[i] == lowest]
        telling = [i for i in usable if not _is_null(branches[i])] or usable
        if self._first:
            return telling[0]
        return self._draws.choice(telling if self._optional else usable)

    def _condition(self) -> bool:
        return self._first or self._draws.chance(0.5)


def _fits(value: object, flat: Mapping[str, object]) -> bool:
    """Return whether a given value satisfies the keywords that stand beside it; deeper ones are the validator's."""
    shallow = {key: rule for key, rule in flat.items() if key in _SHALLOW}
    return CompiledSchema(shallow).is_valid(value) if shallow else True


_SHALLOW = frozenset(
    ("type", "enum", "format", "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum",
     "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "required")
)  # fmt: skip


def _is_null(schema: object) -> bool:
    return isinstance(schema, Mapping) and schema.get("type") == "null"


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _items(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _count(value: object, default: int) -> int:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else default


def _singular(name: str) -> str:
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name
