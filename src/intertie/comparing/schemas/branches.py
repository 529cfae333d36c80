"""Which alternative of `anyOf` and `oneOf` is which in another version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from intertie.comparing.words import canonical

Pairs = list[tuple[int, int]]


def paired(old: Sequence[object], new: Sequence[object]) -> tuple[Pairs, list[int], list[int]]:
    """Return the pairs of positions that belong together, then the old and the new ones that have no partner.

    Equal ones first, then those of one `$ref`, one title, one constant in one field (a discriminator); of the rest, as
    many pairs in order as both have of one type.

    >>> paired([{"$ref": "#/$defs/A"}, {"type": "null"}], [{"type": "null"}, {"$ref": "#/$defs/A"}])
    ([(0, 1), (1, 0)], [], [])
    """
    pairs: Pairs = []
    left, right = list(range(len(old))), list(range(len(new)))
    for name in (canonical, _reference, _title, _constant, _type):
        for index in list(left):
            wanted = name(old[index])
            match = next((other for other in right if wanted is not None and name(new[other]) == wanted), None)
            if match is not None:
                pairs.append((index, match))
                left.remove(index)
                right.remove(match)
    return sorted(pairs), left, right


def _reference(schema: object) -> str | None:
    return _text(schema, "$ref")


def _title(schema: object) -> str | None:
    return _text(schema, "title")


def _constant(schema: object) -> str | None:
    """Return the fields that have one value only, with it: what tells one alternative from another."""
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    if not isinstance(properties, Mapping):
        return None
    fixed = {
        name: each["const"] if "const" in each else each["enum"]
        for name, each in properties.items()
        if isinstance(each, Mapping)
        and ("const" in each or (isinstance(each.get("enum"), list) and len(each["enum"]) == 1))
    }
    return canonical(fixed) if fixed else None


def _type(schema: object) -> str | None:
    kind = schema.get("type") if isinstance(schema, Mapping) else None
    return canonical(kind) if kind is not None else None


def _text(schema: object, keyword: str) -> str | None:
    value = schema.get(keyword) if isinstance(schema, Mapping) else None
    return value if isinstance(value, str) else None
