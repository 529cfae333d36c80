"""What a workspace's files say they are, found without reading the rest of them: ids and types."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path

from msgspec import Struct

from intertie.diagnostics import SourceSpan
from intertie.spec.front_matter import find_front_matter
from intertie.spec.source import normalised
from intertie.spec.workspace import Workspace

_ID_RE = re.compile(r"""id\s*:\s*(?P<quote>["']?)(?P<id>[^\s"'#\[\]]+)(?P=quote)\s*(?:#.*)?""")
_TYPE_RE = re.compile(r"""type\s*:\s*["']?(?P<type>\w+)""")
_HEAD_BYTES = 16_384
"""Front matter is a few lines; what comes later is not looked at."""


class IdPlace(Struct, frozen=True):
    """Where an id is given. `file` is the real path: a link and what it leads to are one file."""

    span: SourceSpan
    file: str


def ids_of(files: Iterable[Path], workspace: Workspace) -> dict[str, tuple[IdPlace, ...]]:
    """Return id -> the places where files give it, each file once. Files that can't be read give none."""
    places: dict[str, list[IdPlace]] = defaultdict(list)
    seen: set[str] = set()
    for file in files:
        real = os.path.realpath(file)
        if real in seen:
            continue
        seen.add(real)
        for number, line in _front_matter(file):
            found = _ID_RE.fullmatch(line.rstrip())
            if found:
                path = workspace.shown(file)
                start, end = found.span("id")
                span = SourceSpan(path, number, start + 1, number, end + 1)
                places[found["id"]].append(IdPlace(span, real))
                break
    return {name: tuple(found) for name, found in places.items()}


def other_type(file: Path) -> str | None:
    """Return the `type` of a document of another kind; None for an integration, a misspelt one, or none at all."""
    given = _type(file)
    return given if given and not _is_near(given) else None


def misspelt_specs(files: Iterable[Path]) -> Iterator[Path]:
    """Yield the files whose `type` is nearly `Integration`: they are meant to be specs, and found as none."""
    for file in files:
        given = _type(file)
        if given and given.lower() != "integration" and _is_near(given):
            yield file


def next_id(ids: Iterable[str]) -> str:
    """Return the id after the highest.

    >>> next_id(["INT-001", "INT-012", "DATA-099"]), next_id([])
    ('INT-013', 'INT-001')
    """
    numbers = [int(found.group(1)) for found in (re.fullmatch(r"INT-(\d+)", text) for text in ids) if found]
    return f"INT-{max(numbers, default=0) + 1:03}"


def _type(file: Path) -> str | None:
    found = (_TYPE_RE.match(line) for _, line in _front_matter(file))
    return next((match["type"] for match in found if match), None)


def _is_near(given: str) -> bool:
    return bool(get_close_matches(given.lower(), ["integration"], cutoff=0.6))


def _front_matter(file: Path) -> Iterator[tuple[int, str]]:
    """Yield (line number, line) of the front matter, nothing where the file has none or can't be read."""
    if not file.is_file():
        # Opening a pipe could wait for ever.
        return
    try:
        with file.open("rb") as opened:
            head = opened.read(_HEAD_BYTES)
    except OSError:
        # The checker tells of an unreadable file where it is checked itself.
        return
    lines = normalised(head.decode("utf-8", errors="replace")).split("\n")
    where = find_front_matter(lines)
    if where is not None:
        yield from enumerate(lines[where.first - 1 : where.last], start=where.first)
