"""Where the keys of a TOML file stand, since the standard parser does not tell."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import SourceSpan

_HEADER_RE = re.compile(r"\s*\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?\Z")
_KEY_RE = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART_RE = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")


def toml_places(text: str, path: str) -> dict[tuple[str, ...], SourceSpan]:
    r"""Return key path -> the place of the key; tables have their header's place.

    Keys inside inline tables are not found: their parent's place is the nearest one.

    >>> places = toml_places('state = "memory://"\n[defaults.retry]\nmax_attempts = 3\n', "intertie.toml")
    >>> str(places["state",]), str(places["defaults", "retry"]), str(places["defaults", "retry", "max_attempts"])
    ('intertie.toml:1', 'intertie.toml:2', 'intertie.toml:3')
    """
    places: dict[tuple[str, ...], SourceSpan] = {}
    table: tuple[str, ...] = ()
    for number, line in _statements(text):
        if header := _HEADER_RE.match(line):
            table = _parts(header.group(1))
            places.setdefault(table, _span(path, number, header.start(1), header.end(1)))
        elif key := _KEY_RE.match(line):
            parts = (*table, *_parts(key.group(1)))
            span = _span(path, number, key.start(1), key.end(1))
            for length in range(len(table) + 1, len(parts) + 1):
                places.setdefault(parts[:length], span)
    return places


def nearest_place(places: dict[tuple[str, ...], SourceSpan], key: tuple[str, ...], path: str) -> SourceSpan:
    """Return the place of a key, of the nearest table around it, or the file's first line."""
    for length in range(len(key), 0, -1):
        if key[:length] in places:
            return places[key[:length]]
    return SourceSpan(path, 1, 1, 1, 1)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Yield numbered lines that can begin a statement: those inside multi-line strings can't."""
    inside: str | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if inside is None:
            yield number, line
        for quotes in ('"""', "'''"):
            if inside in {None, quotes} and line.count(quotes) % 2:
                inside = None if inside else quotes
                break


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART_RE.findall(dotted))


def _span(path: str, line: int, start: int, end: int) -> SourceSpan:
    return SourceSpan(path, line, start + 1, line, end + 1)
