"""The schemas of a spec in a file beside it, and what becomes of them when the source is imported again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from msgspec import Struct
from msgspec.structs import replace

from intertie.core.errors import UsageError
from intertie.core.json_pointer import COMPONENTS, name_after, unescaped
from intertie.importers.merging.merge import Change
from intertie.importers.merging.record import Record, digest
from intertie.importers.plain import mapping
from intertie.importers.reading import SourceText, read_mapping
from intertie.importers.writing.yaml_lines import yaml_lines
from intertie.spec.workspace import MAX_REFERENCE_BYTES, Unreadable, read_text

_UNIT = "schemas file"
_REFERENCE_RE = re.compile(r"""\./([^\s'"#{}]+)#/components/schemas/([^\s'"{}]+)""")


class SchemasFile(Struct, frozen=True):
    """A file of schemas.

    Attributes:
        schemas: Name -> schema; they refer to each other as `#/components/schemas/NAME`.
        source: What they were read from.
    """

    path: Path
    schemas: dict[str, object]
    source: str

    @property
    def text(self) -> str:
        """The file, as YAML."""
        head = f"# The schemas that {self.path.name.removesuffix(_ENDING)}.md refers to, imported from {self.source}."
        return "\n".join([head, *yaml_lines({"components": {"schemas": self.schemas}})]) + "\n"


class MergedFile(Struct, frozen=True):
    """What came of a merge.

    Attributes:
        known: The schemas that the source has now, for the record of the import.
        to_write: The file, None where it stays as it is.
    """

    known: SchemasFile | None
    to_write: SchemasFile | None = None
    changes: tuple[Change, ...] = ()


_ENDING = ".schemas.yaml"


def schemas_path(spec_path: Path) -> Path:
    """Return where the schemas of a spec stand that are in a file of their own."""
    return spec_path.with_name(f"{spec_path.stem}{_ENDING}")


def with_file(record: Record, file: SchemasFile | None) -> Record:
    """Return a record that knows the schemas beside the spec, too."""
    if file is None:
        return record
    known = {name: digest(schema, ()) for name, schema in file.schemas.items()}
    return replace(record, units={**record.units, _UNIT: known})


def merge_file(new: SchemasFile | None, path: Path, record: Record | None, spec: str) -> MergedFile:
    """Return what is to be written beside a spec.

    A schema that people changed stays as they have it, and so does one that the source has no more and the spec still
    refers to.

    Args:
        new: The schemas of this import, None where it needs no file.
        path: Where the file stands, if there is one.
        record: Of the last import.
        spec: The text of the spec as it will be.

    Raises:
        UsageError: The file that is there can't be read.
    """
    old = _read(path)
    if old is None or new is None:
        return MergedFile(new, new, tuple(Change("added", f"schema {name}") for name in new.schemas) if new else ())
    base = record.units.get(_UNIT, {}) if record is not None else {}
    made: dict[str, object] = {}
    changes: list[Change] = []
    for name, theirs in new.schemas.items():
        mine, now, known = old.get(name), digest(theirs, ()), base.get(name)
        if name not in old:
            changes.append(Change("added", f"schema {name}"))
            made[name] = theirs
        elif (then := digest(mine, ())) in (now, known):
            changes += [Change("updated", f"schema {name}")] if then != now else []
            made[name] = theirs
        else:
            changes += [Change("conflict", f"schema {name}")] if now != known else []
            made[name] = mine
    for name in _needed(spec, path.name, {**old, **made}):
        made.setdefault(name, old.get(name))
    kept = {name: schema for name, schema in old.items() if name not in made and digest(schema, ()) != base.get(name)}
    file = replace(new, schemas={**made, **kept})
    return MergedFile(new, file if file.schemas != old else None, tuple(changes))


def _read(path: Path) -> dict[str, object] | None:
    """Return the schemas of a file, None where there is none."""
    if not path.exists():
        return None
    try:
        text = read_text(path, most=MAX_REFERENCE_BYTES)
    except Unreadable as error:
        raise UsageError(f"{path.name} can't be merged: {error.reason}") from None
    return mapping(mapping(read_mapping(SourceText(text, path.name)).get("components")).get("schemas"))


def _needed(spec: str, file_name: str, schemas: dict[str, object]) -> Iterator[str]:
    """Yield the names of the schemas that a spec refers to in its file, and what those lead to."""
    pending = [unescaped(unquote(match[2])) for match in _REFERENCE_RE.finditer(spec) if unquote(match[1]) == file_name]
    seen: set[str] = set()
    while pending:
        name = pending.pop()
        if name in seen or name not in schemas:
            continue
        seen.add(name)
        yield name
        pending += _referred(schemas[name])


def _referred(schema: object) -> Iterator[str]:
    pending = [schema]
    while pending:
        current = pending.pop()
        if isinstance(current, dict):
            name = name_after(COMPONENTS, current.get("$ref"))
            if name is not None:
                yield name
            pending.extend(current.values())
        elif isinstance(current, list):
            pending.extend(current)
