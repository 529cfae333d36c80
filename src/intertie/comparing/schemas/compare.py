"""Walks two schemas together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from intertie.comparing.schemas.branches import paired
from intertie.comparing.schemas.delta import Delta, Effect
from intertie.comparing.schemas.flat import Root
from intertie.comparing.schemas.keywords import JUDGES, NOTES, by_presence
from intertie.comparing.words import canonical, shown

MOST = 20_000
"""Pairs of places that are looked at one by one; beyond, a pair that was seen is not looked at again."""

_ONE_INSIDE = {"items": "[]", "additionalProperties": "{*}", "propertyNames": "{name}", "contains": "[any]",
               "unevaluatedProperties": "{*}", "unevaluatedItems": "[]"}  # fmt: skip
_NAMED_INSIDE = {"patternProperties": "{%s}", "dependentSchemas": "{with %s}"}
_BRANCHES = ("anyOf", "oneOf", "allOf")
_CONDITIONS = ("not", "if", "then", "else")
_HANDLED = frozenset({"properties", "required", "prefixItems", "$defs", *_ONE_INSIDE, *_NAMED_INSIDE, *_BRANCHES,
                      *_CONDITIONS})  # fmt: skip


def compare_schemas(old: object, new: object) -> tuple[Delta, ...]:
    """Return the differences between two self-contained schemas, in the order of the older one."""
    return () if canonical(old) == canonical(new) else tuple(_Walk(old, new).all())


class _Walk:
    def __init__(self, old: object, new: object) -> None:
        self._old = Root(old)
        self._new = Root(new)
        self._open: set[tuple[int, int]] = set()
        self._seen: set[tuple[int, int]] = set()
        self._visits = 0

    def all(self) -> Iterator[Delta]:
        yield from self._at(self._old.schema, self._new.schema, "", ())

    def _at(self, old: object, new: object, path: str, steps: tuple[str | int, ...]) -> Iterator[Delta]:
        old, new = self._old.target(old), self._new.target(new)
        key = (id(old), id(new))
        self._visits += 1
        # A schema that contains itself is compared once on the way down.
        if key in self._open or (self._visits > MOST and key in self._seen):
            return
        self._open.add(key)
        self._seen.add(key)
        before, after = self._old.flat(old), self._new.flat(new)
        yield from self._keywords(before, after, path, steps)
        yield from self._fields(before, after, path, steps)
        yield from self._inside(before, after, path, steps)
        for keyword in _BRANCHES:
            yield from self._branches(keyword, before.get(keyword), after.get(keyword), path, steps)
        for keyword in _CONDITIONS:
            yield from self._condition(keyword, before.get(keyword), after.get(keyword), path, steps)
        self._open.discard(key)

    def _keywords(
        self, old: Mapping[str, object], new: Mapping[str, object], path: str, steps: tuple[str | int, ...]
    ) -> Iterator[Delta]:
        for keyword in dict.fromkeys((*old, *new)):
            before, after = old.get(keyword), new.get(keyword)
            # In JSON `1` and `true` differ, and an absent keyword is not one that says null.
            same = (keyword in old) == (keyword in new) and canonical(before) == canonical(after)
            if keyword in _HANDLED or same:
                continue
            if keyword in NOTES or keyword.startswith("x-"):
                effect = Effect.NOTE
            elif keyword in JUDGES:
                effect = JUDGES[keyword](before, after)
                if effect is Effect.NOTE:
                    continue  # the same set in another order, or what is so without saying it
            else:
                effect = Effect.OTHER
            texts = (shown(before) if keyword in old else None, shown(after) if keyword in new else None)
            yield Delta(keyword, path, (*steps, keyword), effect, *texts, words=_change_of(before, after))

    def _fields(
        self, old: Mapping[str, object], new: Mapping[str, object], path: str, steps: tuple[str | int, ...]
    ) -> Iterator[Delta]:
        before, after = _schemas(old.get("properties")), _schemas(new.get("properties"))
        needed, needs = _names(old.get("required")), _names(new.get("required"))
        for name in dict.fromkeys((*before, *after, *needed, *needs)):
            inside, place = f"{path}.{name}" if path else name, (*steps, "properties", name)
            one = (name in before) != (name in after)
            if one:
                has_it, lacks_it = (needed, new) if name in before else (needs, old)
                obligatory = name in has_it
                effect = Effect.WIDER if name in before else Effect.NARROWER
                text = "required" if obligatory else "optional"
                texts = (text, None) if name in before else (None, text)
                is_open = lacks_it.get("additionalProperties") is not False
                yield Delta("field", inside, place, effect, texts[0], texts[1], obligatory, is_open)
            elif (name in needed) != (name in needs):
                effect = Effect.NARROWER if name in needs else Effect.WIDER
                was, now = ("optional", "required") if name in needs else ("required", "optional")
                yield Delta("required", inside, place, effect, was, now)
            if not one and name in before:
                yield from self._at(before[name], after[name], inside, place)

    def _inside(
        self, old: Mapping[str, object], new: Mapping[str, object], path: str, steps: tuple[str | int, ...]
    ) -> Iterator[Delta]:
        for keyword, word in _ONE_INSIDE.items():
            if keyword in old or keyword in new:
                inside = f"{path}{word}" if word.startswith("[") or not path else f"{path}.{word}"
                yield from self._at(old.get(keyword, True), new.get(keyword, True), inside, (*steps, keyword))
        for keyword, words in _NAMED_INSIDE.items():
            before, after = _schemas(old.get(keyword)), _schemas(new.get(keyword))
            for name in dict.fromkeys((*before, *after)):
                word = words % name
                inside = f"{path}.{word}" if path else word
                yield from self._at(before.get(name, True), after.get(name, True), inside, (*steps, keyword, name))
        first, second = old.get("prefixItems"), new.get("prefixItems")
        many = [each if isinstance(each, list) else [] for each in (first, second)]
        for index in range(max(map(len, many))):
            left, right = (each[index] if index < len(each) else True for each in many)
            yield from self._at(left, right, f"{path}[{index}]", (*steps, "prefixItems", index))

    def _branches(
        self, keyword: str, old: object, new: object, path: str, steps: tuple[str | int, ...]
    ) -> Iterator[Delta]:
        """Compare alternatives: one more accepts more, one less accepts less; of `allOf` it is the other way round."""
        if not isinstance(old, list) or not isinstance(new, list):
            if old is not None or new is not None:
                effect = by_presence(old, new)
                yield Delta(keyword, path, (*steps, keyword), effect, _choices(old), _choices(new))
            return
        both, removed, added = paired(old, new)
        for left, right in both:
            yield from self._at(old[left], new[right], path, (*steps, keyword, right))
        if removed or added:
            wider = bool(added) != (keyword == "allOf")
            effect = Effect.OTHER if removed and added else Effect.WIDER if wider else Effect.NARROWER
            yield Delta(keyword, path, (*steps, keyword), effect, _choices(old), _choices(new))

    def _condition(
        self, keyword: str, old: object, new: object, path: str, steps: tuple[str | int, ...]
    ) -> Iterator[Delta]:
        """Compare what holds under a condition, or must not hold: that it differs is all that can be said."""
        if old is None and new is None:
            return
        if old is None or new is None:
            yield Delta(keyword, path, (*steps, keyword), by_presence(old, new), shown(old), shown(new))
            return
        for delta in self._at(old, new, path, (*steps, keyword)):
            yield delta if delta.effect is Effect.NOTE else replace(delta, effect=Effect.OTHER)


def _change_of(old: object, new: object) -> str:
    """Say what a list has gained and lost; nothing where one of them is no list."""
    if not isinstance(old, list) or not isinstance(new, list):
        return ""
    before, after = ({canonical(each): each for each in value} for value in (old, new))
    won = [shown(after[key]) or "null" for key in after if key not in before]
    lost = [shown(before[key]) or "null" for key in before if key not in after]
    told = [f"may be {' or '.join(won)} too"] if won else []
    told += [f"may no longer be {' or '.join(lost)}"] if lost else []
    return " and ".join(told)


def _schemas(value: object) -> dict[str, object]:
    return dict(value) if isinstance(value, Mapping) else {}


def _names(value: object) -> dict[str, None]:
    return dict.fromkeys(name for name in value if isinstance(name, str)) if isinstance(value, list) else {}


def _choices(value: object) -> str | None:
    """Say alternatives by their names, or by their types."""
    if not isinstance(value, list):
        return None
    return " or ".join(_called(each) for each in value)


def _called(schema: object) -> str:
    if not isinstance(schema, Mapping):
        return "anything" if schema is True else "nothing"
    reference = schema.get("$ref")
    if isinstance(reference, str):
        return reference.rpartition("/")[2]
    for keyword in ("title", "type", "const", "enum"):
        if keyword in schema:
            return shown(schema[keyword]) or "null"
    return shown(dict(schema)) or "anything"
