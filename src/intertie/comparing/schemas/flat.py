"""One schema with what it refers to beside it: `$ref` followed, `allOf` folded in where that says the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from intertie.core.json_pointer import followed, resolved

Json = Mapping[str, object]

_JOINED = frozenset({"properties", "patternProperties"})
_SPOKEN = frozenset({"title", "description", "examples", "default", "deprecated", "readOnly", "writeOnly"})


class Root:
    """A self-contained schema, in which every `$ref` points to `#/$defs/…` or to the schema itself."""

    def __init__(self, schema: object) -> None:
        self.schema = schema

    def flat(self, schema: object) -> dict[str, object]:
        """Return what holds at one place as one mapping; `True` is `{}`, `False` accepts nothing.

        Parts that say different things about one keyword stay in `allOf`.
        """
        made: dict[str, object] = {}
        left: list[object] = []
        for part in self._parts(schema, set()):
            if _joins(made, part):
                _join(made, part)
            else:
                left.append(dict(part))
        if left:
            made["allOf"] = left
        return made

    def target(self, schema: object) -> object:
        """Return what a schema leads to that says nothing but `$ref`; itself where it says more."""
        for found in followed(schema, self.schema):
            schema = found
            if not isinstance(found, Mapping) or not found.keys() <= {"$ref", "$defs"}:
                break
        return schema

    def _parts(self, schema: object, seen: set[int]) -> Iterator[Json]:
        """Yield the schema without its `$ref` and `allOf`, then what these lead to, each once."""
        if schema is False:
            yield {"not": {}}
        if not isinstance(schema, Mapping) or id(schema) in seen:
            return
        seen.add(id(schema))
        own = {key: value for key, value in schema.items() if key not in ("$ref", "allOf", "$defs")}
        if own:
            yield own
        reference = schema.get("$ref")
        if isinstance(reference, str):
            yield from self._parts(resolved(self.schema, reference), seen)
        parts = schema.get("allOf")
        for part in parts if isinstance(parts, list) else ():
            yield from self._parts(part, seen)


def _joins(made: Json, part: Json) -> bool:
    """Return whether two parts can be said in one mapping."""
    for key, value in part.items():
        if key not in made or made[key] == value or key in _SPOKEN or key == "required":
            continue
        if key in _JOINED and isinstance(value, Mapping):
            own = made[key]
            if isinstance(own, Mapping) and all(own.get(name, each) == each for name, each in value.items()):
                continue
        return False
    return True


def _join(made: dict[str, object], part: Json) -> None:
    for key, value in part.items():
        own = made.get(key)
        if key in _JOINED and isinstance(own, Mapping) and isinstance(value, Mapping):
            made[key] = {**own, **value}
        elif key == "required" and isinstance(own, list) and isinstance(value, list):
            made[key] = list(dict.fromkeys([*own, *value]))
        elif key not in made:
            made[key] = value
