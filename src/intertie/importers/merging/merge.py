"""Three texts into one: what the last import wrote, what people made of it, what the source says now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from intertie.importers.merging.layout import Layout, Piece, Unit
from intertie.importers.merging.record import Record

CHANGES = ("added", "updated", "removed", "kept", "conflict", "vanished")


class Change(Struct, frozen=True, order=True):
    """One thing that a merge did, or left to people.

    Attributes:
        kind: `added`, `updated`, `removed`; `kept`: people took it out, and it stays out; `conflict`: source and
            people changed it, theirs stays; `vanished`: the source has it no more, it stays.
    """

    kind: str
    unit: str
    piece: str = ""


class Merged(Struct, frozen=True):
    """What came of a merge: the text without record, what is new to record, and what was done."""

    text: str
    units: Mapping[str, Mapping[str, str]]
    changes: tuple[Change, ...]


class _Edits(Struct):
    """Lines to be taken out, and lines to be put in after a line (-1: at the start)."""

    cut: dict[int, int] = field(default_factory=dict)
    after: dict[int, list[str]] = field(default_factory=dict)

    def replace(self, piece: Piece, lines: list[str]) -> None:
        self.cut[piece.first] = piece.last
        self.insert(piece.last, lines)

    def insert(self, line: int, lines: list[str]) -> None:
        self.after.setdefault(line, []).extend(lines)

    def applied(self, lines: list[str], end: str) -> str:
        """Return the text with the edits made; every line that is not edited stays as it is."""
        made: list[str] = []
        skip_to = -1
        for number, line in enumerate(lines):
            if number in self.cut:
                skip_to = max(skip_to, self.cut[number])
            if number > skip_to:
                made.append(line)
            added = self.after.get(number)
            if added:
                if made and not made[-1].endswith(("\n", "\r")):
                    made[-1] += end
                made += [text + end for text in added]
        return "".join(made)


def merge(old: str, new: str, record: Record | None, source_keys: frozenset[str]) -> Merged:
    """Return `old` with what the source changed since the record.

    Args:
        old: The spec as people have it, without its record.
        new: The spec as it would be written anew.
        record: Of the last import; None counts everything as people's own.
        source_keys: Operations (`GET /path`) that the source has, chosen or not.
    """
    return _Merge(old, new, record, source_keys).made()


class _Merge:
    def __init__(self, old: str, new: str, record: Record | None, source_keys: frozenset[str]) -> None:
        self._text = old
        self._old = Layout(old)
        self._new = Layout(new)
        self._base: Mapping[str, Mapping[str, str]] = record.units if record else {}
        self._source_keys = source_keys
        self._edits = _Edits()
        self._changes: list[Change] = []

    def made(self) -> Merged:
        units: dict[str, Mapping[str, str]] = dict(self._new.digests())
        added: list[str] = []
        schemas: list[str] = []
        for key, unit in self._new.units.items():
            mine = self._old.units.get(key)
            if mine is not None:
                self._unit(key, mine, unit)
            elif key in self._base:
                self._tell("kept", key)
            elif key.startswith("schema "):
                self._tell("added", key)
                schemas += self._new.text_of(unit.pieces["schema"])
            elif unit.heading:
                self._tell("added", key)
                added += ["", *self._new.text_of(Piece(unit.first, unit.last, 0, whole=True))]
        self._append(added, schemas)
        self._gone(units)
        end = "\r\n" if "\r\n" in self._text else "\n"
        return Merged(self._edits.applied(self._old.lines, end), units, tuple(self._changes))

    # Within a unit

    def _unit(self, key: str, mine: Unit, theirs: Unit) -> None:
        base = self._base.get(key, {})
        whole: set[str] = set()
        for name in dict.fromkeys((*theirs.pieces, *mine.pieces, *base)):
            now, then = theirs.pieces.get(name), mine.pieces.get(name)
            known = base.get(name)
            new, old = now and now.digest, then and then.digest
            if new in (old, known):
                continue
            if old != known:
                self._tell("conflict", key, name)
            elif now is None and then is not None:
                self._cut(key, name, then)
            elif now is not None and then is not None:
                self._replace(key, name, then, now)
            elif now is not None:
                self._insert(key, name, now, mine, theirs, whole)

    def _cut(self, key: str, name: str, then: Piece) -> None:
        if not then.whole:
            self._tell("conflict", key, name)
            return
        self._edits.replace(then, [])
        self._tell("removed", key, name)

    def _replace(self, key: str, name: str, then: Piece, now: Piece) -> None:
        if not then.whole:
            self._tell("conflict", key, name)
            return
        shift = self._lead(self._old, then) - self._lead(self._new, now)
        self._edits.replace(then, _shifted(self._new.text_of(now), shift))
        self._tell("updated", key, name)

    def _insert(self, key: str, name: str, now: Piece, mine: Unit, theirs: Unit, whole: set[str]) -> None:
        """Put a new piece where its neighbours are; a block that was not there at all comes whole."""
        missing = next((path for path in _around(name) if path and path not in mine.containers), None)
        if missing is not None and missing in theirs.containers:
            if missing in whole:
                self._tell("updated", key, name)
                return
            if any(other.startswith(f"{missing}.") for other in self._base.get(key, {})):
                # People have taken the whole block out.
                self._tell("conflict", key, name)
                return
            whole.add(missing)
            now = theirs.containers[missing]
            parent = missing.rpartition(".")[0]
        else:
            parent = (
                name
                if name in mine.containers
                else next(path for path in reversed(_around(name)) if path in mine.containers)
            )
        room, pattern = mine.containers.get(parent), theirs.containers.get(parent)
        if room is None or pattern is None or not room.open:
            self._tell("conflict", key, name)
            return
        self._edits.insert(room.last, _shifted(self._new.text_of(now), room.indent - pattern.indent))
        self._tell("updated", key, name)

    # Around the units

    def _append(self, endpoints: list[str], schemas: list[str]) -> None:
        last = self._last_line()
        room = self._old.schemas
        if endpoints:
            if self._old.endpoints_end is None:
                self._edits.insert(last, ["", "## API Endpoints", *endpoints])
            else:
                self._edits.insert(self._old.endpoints_end, endpoints)
        if not schemas:
            return
        if room is not None and room.open and self._new.schemas is not None:
            self._edits.insert(room.last, _shifted(schemas, room.indent - self._new.schemas.indent))
        else:
            # None yet, or in a style that lines can't be put into: blocks of one name are read as one.
            section = ["", "## Components", "```yaml", "components:", "  schemas:", *schemas, "```"]
            self._edits.insert(last if self._old.endpoints_end is None else self._old.endpoints_end, section)

    def _last_line(self) -> int:
        lines = self._old.lines
        return max((number for number, line in enumerate(lines) if line.strip()), default=len(lines) - 1)

    def _gone(self, units: dict[str, Mapping[str, str]]) -> None:
        """Keep on record what was not chosen this time, and tell what the source has no more."""
        for key, pieces in self._base.items():
            if key in self._new.units:
                continue
            if key in self._old.units:
                units[key] = pieces
                request = key.partition(" #")[0]
                if self._old.units[key].heading and request not in self._source_keys:
                    self._tell("vanished", key)

    def _tell(self, kind: str, unit: str, piece: str = "") -> None:
        self._changes.append(Change(kind, unit, piece))

    @staticmethod
    def _lead(layout: Layout, piece: Piece) -> int:
        line = layout.text_of(piece)[0]
        return len(line) - len(line.lstrip(" "))


def _around(name: str) -> list[str]:
    """Return the containers around a piece, outermost first, the whole block among them.

    >>> _around("request.parameters.query.limit")
    ['', 'request', 'request.parameters', 'request.parameters.query']
    """
    parts = name.split(".")
    return ["", *(".".join(parts[:count]) for count in range(1, len(parts)))]


def _shifted(lines: list[str], by: int) -> list[str]:
    if by >= 0:
        return [" " * by + line if line.strip() else line for line in lines]
    return [line[min(-by, len(line) - len(line.lstrip(" "))) :] for line in lines]


def told(changes: tuple[Change, ...]) -> Iterator[str]:
    """Yield one line for each change, for people."""
    words = {
        "added": "added",
        "updated": "updated",
        "removed": "removed",
        "kept": "not added: you removed it from the spec",
        "conflict": "conflict: the spec and the source both changed it; the spec's version stays",
        "vanished": "gone from the source; it stays in the spec until you remove it",
    }
    for change in changes:
        where = f"{change.unit} {change.piece}".strip()
        yield f"{where}: {words[change.kind]}"
