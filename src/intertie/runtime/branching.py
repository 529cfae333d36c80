"""Schemas that refer to themselves and branch: what is wrong is found without trying every way through them.

A validator that says what is wrong collects the errors of every branch of `anyOf` and `oneOf`, and of every branch in
those: two branches that refer back take 2^n steps at a value n deep, which a small answer reaches. Whether a value is
valid takes no such time, since validators remember what they have seen. So what is wrong is asked of a schema in which
each choice stands behind `not: {not: …}`, which is judged by validity alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

_CHOICES: Final = ("anyOf", "oneOf")
_BRANCHES: Final = frozenset({*_CHOICES, "allOf"})
_REFERENCES: Final = frozenset({"$ref", "$dynamicRef"})
_DATA: Final = frozenset({"const", "enum", "default", "example", "examples"})
"""Keywords whose values are data: what looks like a keyword in them is none."""
_NAMED: Final = frozenset({"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"})
"""Keywords whose members have names of their own choice, each a schema."""


def is_branching(schema: object) -> bool:
    """Return whether a schema has references as well as branches.

    >>> is_branching({"anyOf": [{"$ref": "#"}, {}]}), is_branching({"anyOf": [{}, {}]})
    (True, False)
    """
    keywords = _keywords(schema)
    return bool(keywords & _BRANCHES) and bool(keywords & _REFERENCES)


def quick_to_fail(schema: object) -> dict[str, object] | None:
    """Return a schema that is as strict, and whose first violation is found in the time that validity takes.

    None where there is none: `unevaluatedProperties` and `unevaluatedItems` need what the branches have seen, and a
    reference may lead into a choice.
    """
    if not isinstance(schema, Mapping):
        return None
    for node in _nodes(schema):
        leads = {str(node.get(name, "")) for name in _REFERENCES}
        if any(name.startswith("unevaluated") for name in node):
            return None
        if any(f"/{choice}/" in lead for choice in _CHOICES for lead in leads):
            return None
    return _rewritten(schema)


def asked_of(kind: object) -> str | None:
    """Return the rule behind a `not: {not: …}` of ours that failed, None where another keyword did."""
    inner = getattr(kind, "schema", None)
    choice = inner.get("not") if isinstance(inner, Mapping) and len(inner) == 1 else None
    if not isinstance(choice, Mapping) or len(choice) != 1:
        return None
    (keyword,) = choice
    return str(keyword) if keyword in _CHOICES else None


def _keywords(schema: object) -> set[str]:
    return {name for node in _nodes(schema) for name in node}


def _nodes(schema: object) -> Iterator[Mapping[str, object]]:
    """Yield every schema in a schema, itself too, that has keywords."""
    waiting = [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Mapping):
            yield node
            for name, value in node.items():
                if name in _NAMED and isinstance(value, Mapping):
                    waiting.extend(value.values())
                elif name not in _DATA:
                    waiting.append(value)
        elif isinstance(node, list | tuple):
            waiting.extend(node)


def _rewritten(node: Mapping[str, object]) -> dict[str, object]:
    made: dict[str, object] = {}
    choices: list[object] = []
    for name, value in node.items():
        if name in _NAMED and isinstance(value, Mapping):
            made[name] = {member: _of(schema) for member, schema in value.items()}
        elif name in _CHOICES:
            choices.append({"not": {"not": {name: _of(value)}}})
        else:
            made[name] = value if name in _DATA else _of(value)
    if choices:
        parts = made.get("allOf")
        made["allOf"] = [*(parts if isinstance(parts, list) else ()), *choices]
    return made


def _of(value: object) -> object:
    if isinstance(value, list | tuple):
        return [_of(each) for each in value]
    return _rewritten(value) if isinstance(value, Mapping) else value
