"""JSON Pointers (RFC 6901), and where a `$ref` leads inside its own document.

| | |
|---|---|
| `~1`, `~0` in a name | `/`, `~` |
| `%20` in a `$ref` | a space: a fragment is decoded before it is split |
| an empty name (`#/`, `/a//b`) | a member whose name is empty |
| in a list | `0`, or digits that don't begin with `0`; `-`, `01` and `²` lead nowhere |
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import unquote

COMPONENTS: Final = "#/components/schemas/"
"""Where an OpenAPI document, and a spec, keep their schemas by name."""
DEFINITIONS: Final = "#/$defs/"
"""Where a self-contained schema keeps what it refers to."""
NOTHING: Final = object()
"""What a pointer leads to where it leads nowhere: `None` is a value."""

_INDEX_RE = re.compile(r"0|[1-9][0-9]{0,17}")


def escaped(name: str) -> str:
    """Return a name as it stands in a pointer.

    >>> escaped("/v1/a~b")
    '~1v1~1a~0b'
    """
    return name.replace("~", "~0").replace("/", "~1")


def unescaped(token: str) -> str:
    """Return the name that stands in a pointer; a `~` that escapes nothing is itself.

    >>> unescaped("~1v1~1a~0b"), unescaped("~01"), unescaped("a~b")
    ('/v1/a~b', '~1', 'a~b')
    """
    return token.replace("~1", "/").replace("~0", "~")


def step(pointer: str, *names: object) -> str:
    """Return a pointer one or more steps further; a name with a `%` is quoted before it stands in a `$ref`.

    >>> step("#/paths", "/v1/a~b", "get")
    '#/paths/~1v1~1a~0b/get'
    """
    return "/".join((pointer, *(escaped(str(name)) for name in names)))


def names_of(pointer: str) -> tuple[str, ...]:
    """Return the names that a pointer goes through, none for the whole document; the first `/` may be left out.

    >>> names_of(""), names_of("/paths/~1v1/get"), names_of("/"), names_of("Quote")
    ((), ('paths', '/v1', 'get'), ('',), ('Quote',))
    """
    return tuple(unescaped(token) for token in pointer.removeprefix("/").split("/")) if pointer else ()


def child(value: object, name: str) -> object:
    """Return the member of a mapping or the element of a list, `NOTHING` where there is none.

    >>> child({"a": None}, "a"), child(["x", "y"], "1"), child(["x", "y"], "01") is NOTHING
    (None, 'y', True)
    """
    if isinstance(value, Mapping):
        return value.get(name, NOTHING)
    if isinstance(value, list) and (at := index(name)) is not None and at < len(value):
        return value[at]
    return NOTHING


def index(name: str) -> int | None:
    """Return the place in a list that a name means, None where it means none.

    >>> index("0"), index("12"), index("01"), index("-"), index("²")
    (0, 12, None, None, None)
    """
    return int(name) if _INDEX_RE.fullmatch(name) else None


def resolved(root: object, reference: str, default: object = None) -> object:
    """Return what `#` or `#/…` leads to inside a document, `default` where it leads nowhere or out of it.

    >>> resolved({"$defs": {"a/b c": [7]}}, "#/$defs/a~1b%20c/0")
    7
    """
    if not reference.startswith("#"):
        return default
    pointer = unquote(reference[1:])
    if pointer and not pointer.startswith("/"):
        return default  # an anchor
    found = root
    for name in names_of(pointer):
        found = child(found, name)
        if found is NOTHING:
            return default
    return found


def name_after(place: str, reference: object) -> str | None:
    """Return the name that a reference names at a place such as `#/$defs/`, None where it names none there.

    >>> name_after("#/$defs/", "#/$defs/a~1b"), name_after("#/$defs/", "#/$defs/a/items"), name_after("#/$defs/", "#")
    ('a/b', None, None)
    """
    if not isinstance(reference, str) or not reference.startswith(place):
        return None
    names = names_of("/" + unquote(reference[len(place) :]))
    return names[0] if len(names) == 1 else None


def followed(schema: object, root: object) -> Iterator[object]:
    """Yield a schema, then what its `$ref` leads to, and so on, each once.

    The last one has no `$ref`, or one that leads nowhere, or one that leads back.
    """
    seen: set[int] = set()
    while schema is not NOTHING and id(schema) not in seen:
        seen.add(id(schema))
        yield schema
        reference = schema.get("$ref") if isinstance(schema, Mapping) else None
        if not isinstance(reference, str):
            return
        schema = resolved(root, reference, NOTHING)


def same_as(schema: object) -> Iterator[str]:
    """Yield the references that a schema is the same as: its `$ref`, and those in its `allOf`.

    >>> list(same_as({"allOf": [{"$ref": "#/$defs/A"}, {"allOf": [{"$ref": "#/$defs/B"}]}], "items": {"$ref": "#"}}))
    ['#/$defs/A', '#/$defs/B']
    """
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if not isinstance(part, Mapping):
            continue
        reference, parts = part.get("$ref"), part.get("allOf")
        if isinstance(reference, str):
            yield reference
        if isinstance(parts, list):
            waiting.extend(reversed(parts))
