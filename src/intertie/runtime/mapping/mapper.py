"""One side's rows, applied to an object: theirs to ours, or ours to theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from intertie.core.errors import MappingError
from intertie.runtime.mapping.contracts import MISSING, FieldPath, Transform
from intertie.runtime.mapping.paths import EACH, NamePath, Step, nulled
from intertie.runtime.plan import MappingRow

_Apply = Callable[[object, object], object]


class Mapper:
    """Rows compiled once.

    For each row: read; where nothing is there, the default (before the transform), else an error where the row is
    required, else the row is left out; transform; write. A default is seen by the arguments of other rows, so that
    `decimal_to_minor_units(currency)` finds the default of `currency`. A list is mapped element by element.
    """

    __slots__ = ("_defaults", "_operation", "_rows", "_whole", "rows")

    def __init__(self, rows: tuple[MappingRow, ...], *, operation: str = "") -> None:
        self.rows = rows
        self._operation = operation
        self._whole = any(row.read.text.lstrip().startswith(("[", "$[")) for row in rows)
        self._defaults = tuple(row for row in rows if row.has_default and _depth(row.read) == 0)
        writes = [_steps(row.write) for row in rows]
        compiled = (
            _CompiledRow(row, operation, shared=any(_is_within(other, own) for other in writes))
            for row, own in zip(rows, writes, strict=True)
        )
        self._rows = tuple((row.read_name, row.transform, row.write_name, row) for row in compiled)

    def map(self, source: object) -> object:
        """Return the mapped object; for a list, the list of its mapped elements.

        Raises:
            MappingError: A required field is missing, a transform can't take a value, or the source is no object.
        """
        if isinstance(source, dict):
            return self.map_object(source)
        if isinstance(source, list) and not self._whole:
            return [self._map_element(element, index) for index, element in enumerate(source)]
        if isinstance(source, Mapping | list):
            return self.map_object(source)
        raise MappingError(
            f"{self._operation}: the mapping reads fields of an object, and there is {_kind(source)}",
            path="$",
            operation=self._operation,
        )

    def map_object(self, source: Mapping[str, object] | list[object]) -> dict[str, object]:
        """Return the mapped object of one object (or of a list that the rows read as a whole)."""
        if self._defaults:
            source = self._with_defaults(source)
        target: dict[str, object] = {}
        get = source.get if type(source) is dict else None
        # The few steps of a plain row stand here, without calls: a mapping is on the way of every call.
        for read_name, transform, write_name, row in self._rows:
            if get is not None and read_name is not None:
                value = get(read_name, MISSING)
            else:
                value = row.read(source)
            if value is MISSING:
                value = row.absent()
                if value is MISSING and not row.takes_missing:
                    continue
            elif read_name is None and row.depth:
                value = row.elements(value)
            if transform is not None:
                try:
                    value = transform(value, source)
                except ValueError as error:
                    raise row.failed(error) from None
                if value is MISSING:
                    continue
            if write_name is not None:
                target[write_name] = value
            else:
                row.write(target, value)
        return target

    def _map_element(self, element: object, index: int) -> object:
        try:
            return self.map(element)
        except MappingError as error:
            path = f"$[{index}]{error.path.removeprefix('$')}"
            message = str(error).replace(error.path, path, 1)
            raise MappingError(message, path=path, transform=error.transform, operation=self._operation) from None

    def _with_defaults(self, source: Mapping[str, object] | list[object]) -> Mapping[str, object] | list[object]:
        """Return the source with the defaults of absent fields in it; the caller's object is never changed."""
        if isinstance(source, list):
            return source
        filled = source
        for row in self._defaults:
            if row.read.read(filled) is not MISSING:
                continue
            steps = _steps(row.read)
            if all(isinstance(step, str) for step in steps) and steps:
                filled = _filled(filled, steps, row.default)
        return filled


class _CompiledRow:
    """One row with what is known of its paths.

    Attributes:
        read_name: The one name it reads, None where the path is more.
        read: The path's reading, with `MISSING` among the elements of a `[]`.
        write_name: The one name it writes where nothing else is to be done, None elsewhere.
        transform: `(value, source) -> result`, None where there is none.
        depth: How many `[]` the path has that it reads.
        takes_missing: The transform makes something of an absent value.
    """

    __slots__ = (
        "_copies",
        "_default",
        "_operation",
        "_put",
        "_row",
        "depth",
        "read",
        "read_name",
        "takes_missing",
        "transform",
        "write_name",
    )

    def __init__(self, row: MappingRow, operation: str, *, shared: bool) -> None:
        self._row = row
        self._put = row.write.write
        self._operation = operation
        self._copies = shared
        """Another row writes into what this one writes: containers are copied, so that the source is never changed."""
        self._default = row.default if row.has_default else MISSING
        self.depth = _depth(row.read)
        self.read: Callable[[object], object] = getattr(row.read, "read_aligned", row.read.read)
        self.read_name = row.read.name if isinstance(row.read, NamePath) else None
        self.transform = _application(row.transform, self.depth)
        self.takes_missing = bool(getattr(row.transform, "takes_missing", False))
        plain = isinstance(row.write, NamePath) and not self.depth and not shared
        self.write_name = row.write.name if plain and isinstance(row.write, NamePath) else None

    def absent(self) -> object:
        """Return the default, `MISSING` where there is none; raise where the row is required."""
        if self._default is MISSING and self._row.required:
            raise self._missing(())
        return self._default

    def write(self, target: dict[str, object], value: object) -> None:
        """Put a value where the row says; positions hold where elements are absent."""
        path = self._row.write
        if self._copies:
            value = _copied(value)
        if self.depth and not _depth(path):
            value = nulled(value, self.depth)
        try:
            self._put(target, value)
        except ValueError as error:
            raise MappingError(
                f"{self._lead()}{error} (from `{self._row.read.text}`)", path=self._shown(()), operation=self._operation
            ) from None

    def elements(self, value: object) -> object:
        """Return the list with defaults in the places of absent elements; raise where the row requires them."""
        if not self._row.required and self._default is MISSING:
            return value
        return self._filled(value, self.depth, ())

    def _filled(self, value: object, depth: int, positions: tuple[int, ...]) -> object:
        if value is MISSING:
            if self._default is MISSING:
                raise self._missing(positions)
            return self._default
        if depth and isinstance(value, list):
            return [self._filled(element, depth - 1, (*positions, index)) for index, element in enumerate(value)]
        return value

    def _missing(self, positions: tuple[int, ...]) -> MappingError:
        path = self._shown(positions)
        return MappingError(
            f"{self._lead()}`{self._row.write.text}` needs {path}, and nothing is there ({self._row.source})",
            path=path,
            operation=self._operation,
        )

    def failed(self, error: ValueError) -> MappingError:
        path = self._shown(getattr(error, "positions", ()))
        transform = self._row.transform
        return MappingError(
            f"{self._lead()}{path}: {error} ({self._row.source})",
            path=path,
            transform=transform.name if transform else None,
            operation=self._operation,
        )

    def _lead(self) -> str:
        return f"{self._operation}: " if self._operation else ""

    def _shown(self, positions: tuple[int, ...]) -> str:
        """Return the path in the source, `$.items[3].price`, with the positions that are known."""
        text = self._row.read.text.strip()
        for position in positions:
            text = text.replace("[]", f"[{position}]", 1) if "[]" in text else text.replace("[*]", f"[{position}]", 1)
        return text if text.startswith("$") else f"$.{text}" if not text.startswith("[") else f"${text}"


def _application(transform: Transform | None, depth: int) -> _Apply | None:
    """Return how a transform is applied to what a path of `depth` times `[]` reads."""
    if transform is None:
        return None
    applier = getattr(transform, "applier", None)
    if applier is None:
        return transform.apply  # type: ignore[return-value]  # a list as source is read by paths all the same
    direct: _Apply = applier(depth)
    return direct


def _depth(path: FieldPath) -> int:
    depth = getattr(path, "depth", 0)
    return depth if isinstance(depth, int) else 0


def _steps(path: FieldPath) -> tuple[Step, ...]:
    steps: tuple[Step, ...] = getattr(path, "steps", ())
    return steps


def _is_within(inner: tuple[Step, ...], outer: tuple[Step, ...]) -> bool:
    return len(inner) > len(outer) and all(
        a == b or (a is EACH and isinstance(b, int)) or (b is EACH and isinstance(a, int))
        for a, b in zip(inner, outer, strict=False)
    )


def _filled(source: Mapping[str, object], steps: tuple[Step, ...], value: object) -> Mapping[str, object]:
    """Return a copy of `source` with `value` at a path of names; only the objects on the way are copied."""
    name, rest = str(steps[0]), steps[1:]
    if not rest:
        return {**source, name: value}
    inner = source.get(name)
    if inner is not None and not isinstance(inner, Mapping):
        return source
    return {**source, name: _filled(inner or {}, rest, value)}


def _copied(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: _copied(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_copied(element) for element in value]
    return value


def _kind(source: object) -> str:
    return "nothing" if source is None else "a list" if isinstance(source, list) else "a single value"
