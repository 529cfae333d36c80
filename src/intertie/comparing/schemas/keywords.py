"""How each keyword of JSON Schema narrows what is accepted: one small function per kind of keyword.

Source: JSON Schema Validation 2020-12, section 6.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from intertie.comparing.schemas.delta import Effect
from intertie.comparing.words import canonical

Judge = Callable[[object, object], Effect]
"""(old value, new value), None where the keyword is absent, and they differ -> what the newer one accepts."""

TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")
NOTES = frozenset({
    "title", "description", "examples", "example", "default", "deprecated", "readOnly", "writeOnly", "discriminator",
    "xml", "externalDocs", "$comment",
})  # fmt: skip
"""Said to people; a validator looks at none of them."""


def types_of(value: object) -> frozenset[str]:
    """Return the types a `type` allows, all where it is absent; `number` allows `integer` too."""
    named = [value] if isinstance(value, str) else value
    if not isinstance(named, list):
        return frozenset(TYPES)
    found = frozenset(str(each) for each in named)
    return found | {"integer"} if "number" in found else found


def by_types(old: object, new: object) -> Effect:
    """Judge `type`."""
    return _by_sets(types_of(old), types_of(new))


def by_choices(old: object, new: object) -> Effect:
    """Judge `enum`: absent allows everything."""
    if not isinstance(old, list) or not isinstance(new, list):
        return _by_presence(old, new)
    return _by_sets({canonical(each) for each in old}, {canonical(each) for each in new})


def at_least(old: object, new: object) -> Effect:
    """Judge a lower bound: a higher one is narrower."""
    if _is_number(old) and _is_number(new):
        return Effect.NARROWER if new > old else Effect.WIDER  # type: ignore[operator]
    return _by_presence(old, new)


def at_most(old: object, new: object) -> Effect:
    """Judge an upper bound: a lower one is narrower."""
    if _is_number(old) and _is_number(new):
        return Effect.NARROWER if new < old else Effect.WIDER  # type: ignore[operator]
    return _by_presence(old, new)


def by_presence(old: object, new: object) -> Effect:
    """Judge a keyword that can only be compared by whether it is there: `pattern`, `format`, `const`."""
    return _by_presence(old, new)


def by_flag(old: object, new: object) -> Effect:
    """Judge `uniqueItems`: true is narrower than false or absent."""
    if bool(old) == bool(new):
        return Effect.NOTE
    return Effect.NARROWER if new else Effect.WIDER


def by_multiple(old: object, new: object) -> Effect:
    """Judge `multipleOf`: a multiple of the old one is narrower."""
    if _is_number(old) and _is_number(new) and old and new:
        if new % old == 0:  # type: ignore[operator]
            return Effect.NARROWER
        return Effect.WIDER if old % new == 0 else Effect.OTHER  # type: ignore[operator]
    return _by_presence(old, new)


def by_dependents(old: object, new: object) -> Effect:
    """Judge `dependentRequired`: each name that must come along narrows."""
    before, after = _dependents(old), _dependents(new)
    # More conditions accept less, so the sets are compared the other way round.
    return _by_sets(after, before)


def _dependents(value: object) -> set[str]:
    if not isinstance(value, Mapping):
        return set()
    return {canonical([name, each]) for name, names in value.items() if isinstance(names, list) for each in names}


def _by_presence(old: object, new: object) -> Effect:
    if old is None:
        return Effect.NARROWER
    return Effect.WIDER if new is None else Effect.OTHER


def _by_sets(old: Iterable[str], new: Iterable[str]) -> Effect:
    before, after = set(old), set(new)
    if before == after:
        return Effect.NOTE
    if after < before:
        return Effect.NARROWER
    return Effect.WIDER if before < after else Effect.OTHER


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


JUDGES: Mapping[str, Judge] = {
    "type": by_types,
    "enum": by_choices,
    "const": by_presence,
    "minimum": at_least,
    "exclusiveMinimum": at_least,
    "minLength": at_least,
    "minItems": at_least,
    "minProperties": at_least,
    "minContains": at_least,
    "maximum": at_most,
    "exclusiveMaximum": at_most,
    "maxLength": at_most,
    "maxItems": at_most,
    "maxProperties": at_most,
    "maxContains": at_most,
    "multipleOf": by_multiple,
    "uniqueItems": by_flag,
    "pattern": by_presence,
    "format": by_presence,
    "dependentRequired": by_dependents,
}
"""Keyword -> how it is judged. What has schemas inside is walked into instead; anything else is `other`."""
