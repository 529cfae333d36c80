"""Parameters in their OpenAPI styles.

| style | primitive | list, explode | list | object, explode | object |
|---|---|---|---|---|---|
| `simple` | `5` | `3,4` | `3,4` | `a=1,b=2` | `a,1,b,2` |
| `label` | `.5` | `.3.4` | `.3,4` | `.a=1.b=2` | `.a,1,b,2` |
| `matrix` | `;p=5` | `;p=3;p=4` | `;p=3,4` | `;a=1;b=2` | `;p=a,1,b,2` |
| `form` | `p=5` | `p=3&p=4` | `p=3,4` | `a=1&b=2` | `p=a,1,b,2` |
| `spaceDelimited` | `p=5` | `p=3&p=4` | `p=3%204` | `a=1&b=2` | `p=a%201%20b%202` |
| `pipeDelimited` | `p=5` | `p=3&p=4` | `p=3%7C4` | `a=1&b=2` | `p=a%7C1%7Cb%7C2` |
| `deepObject` | | | | `p%5Ba%5D=1` | the same |

Every name and value is percent-encoded by itself, so that a delimiter inside a value never separates. A null element is
an empty one; members of an object that are null are left out.

Source: OpenAPI Specification 3.1.1, "Style Values"; RFC 6570.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from intertie.runtime.inputs.scalars import scalar_text
from intertie.runtime.wires.rest.requests.percent import component

Encode = Callable[[str], str]
_QUERY_DELIMITERS = {"form": ",", "spaceDelimited": "%20", "pipeDelimited": "%7C"}


def path_text(name: str, value: object, style: str, *, explode: bool) -> str:
    """Return a path parameter as it stands in the path.

    >>> path_text("id", [3, 4], "label", explode=True), path_text("id", {"a": 1}, "matrix", explode=False)
    ('.3.4', ';id=a,1')

    Raises:
        ValueError: The value can't be written in this style.
    """
    key = component(name)
    pairs, parts = _pairs(value, component), _parts(value, component)
    if style == "label":
        if explode:
            return "." + ".".join(parts if pairs is None else [f"{n}={v}" for n, v in pairs])
        return "." + ",".join(parts)
    if style == "matrix":
        if not explode or (pairs is None and not isinstance(value, list)):
            return f";{key}={','.join(parts)}" if any(parts) else f";{key}"
        each = [(key, part) for part in parts] if pairs is None else pairs
        return "".join(f";{n}={v}" if v else f";{n}" for n, v in each)
    return _simple(parts, pairs, explode=explode)


def header_text(value: object, *, explode: bool) -> str:
    """Return a header parameter's value; nothing is percent-encoded there (OpenAPI 3.1.1, "Parameter Object").

    >>> header_text(["a", "b"], explode=False), header_text({"a": 1, "b": 2}, explode=True)
    ('a,b', 'a=1,b=2')

    Raises:
        ValueError: The value can't be written in this style.
    """
    return _simple(_parts(value, _as_it_is), _pairs(value, _as_it_is), explode=explode)


def query_text(name: str, value: object, style: str, *, explode: bool) -> str:
    """Return a query parameter as `name=value`, several joined by `&`; empty for an empty list or object.

    >>> query_text("c", ["a", "b c"], "form", explode=True), query_text("c", ["a", "b"], "pipeDelimited", explode=False)
    ('c=a&c=b%20c', 'c=a%7Cb')
    >>> query_text("f", {"a": {"b": 1}}, "deepObject", explode=True)
    'f%5Ba%5D%5Bb%5D=1'

    Raises:
        ValueError: The value can't be written in this style.
    """
    key = component(name)
    if style == "deepObject":
        if not isinstance(value, Mapping):
            raise ValueError("must be an object (style deepObject)")
        return "&".join(f"{key}{path}={text}" for path, text in _deep(value))
    pairs, parts = _pairs(value, component), _parts(value, component)
    if pairs is not None:
        if explode:
            return "&".join(f"{n}={v}" for n, v in pairs)
    elif explode or not isinstance(value, list):
        return "&".join(f"{key}={part}" for part in parts)
    return f"{key}={_QUERY_DELIMITERS.get(style, ',').join(parts)}" if parts else ""


def _simple(parts: list[str], pairs: list[tuple[str, str]] | None, *, explode: bool) -> str:
    return ",".join(parts if pairs is None or not explode else [f"{n}={v}" for n, v in pairs])


def _pairs(value: object, encode: Encode) -> list[tuple[str, str]] | None:
    """Return the members of an object, None for anything else."""
    if not isinstance(value, Mapping):
        return None
    return [(encode(str(n)), encode(scalar_text(member))) for n, member in value.items() if member is not None]


def _parts(value: object, encode: Encode) -> list[str]:
    """Return the elements of a list, the names and values of an object in turn, or the one scalar."""
    if isinstance(value, Mapping):
        return [part for pair in _pairs(value, encode) or () for part in pair]
    if isinstance(value, list):
        return [encode(scalar_text(element)) for element in value]
    return [encode(scalar_text(value))]


def _deep(value: Mapping[str, object]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, member in value.items():
        key = f"%5B{component(str(name))}%5D"
        if isinstance(member, Mapping):
            found += [(key + path, text) for path, text in _deep(member)]
        elif isinstance(member, list):
            found += [(key, component(scalar_text(element))) for element in member]
        elif member is not None:
            found.append((key, component(scalar_text(member))))
    return found


def _as_it_is(text: str) -> str:
    return text
