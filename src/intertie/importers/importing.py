"""One import from end to end: a source becomes the text of a spec, or what it changed comes into one that is there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

from msgspec import Struct
from msgspec.structs import replace

from intertie.core.errors import UsageError
from intertie.importers.brevity import COMPLETE, IN_FILE, IN_SOURCE, LEAN, InPlace
from intertie.importers.describing import describe
from intertie.importers.losses import Guess, Ledger, Loss
from intertie.importers.merging.layout import Layout
from intertie.importers.merging.merge import Change, merge
from intertie.importers.merging.record import Record, read_record, with_record, without_record
from intertie.importers.merging.schemas_file import SchemasFile, merge_file, schemas_path, with_file
from intertie.importers.model import ApiDescription
from intertie.importers.openapi3 import ImportOptions, too_many
from intertie.importers.placing import can_be_referred_to, placed, source_reference
from intertie.importers.reading import ReadSource, load_source, read_source
from intertie.importers.selection import Selection
from intertie.importers.writing.spec_text import spec_text
from intertie.spec import codes
from intertie.spec.draft import Draft
from intertie.spec.markdown import read_document
from intertie.spec.source import Findings, Source
from intertie.spec.workspace import MAX_SPEC_BYTES

MOST_READ = 1_000_000
"""A spec of more characters is one that nobody reads: its schemas stay in the source, where the spec can refer to it,
and then its examples too."""
MOST_LINES = 160
"""A spec of more lines has its schemas in a file beside it: people read what is called, and look up what is in it."""
_WITH_SCHEMAS = frozenset({"openapi3", "swagger2"})
_TOO_LARGE = frozenset({codes.FILE_TOO_LARGE.code, codes.TOO_DEEP.code})


class Request(Struct, frozen=True):
    """What is to be imported.

    Attributes:
        given: A file, `-` for `stdin`, or a curl command.
        draft: Name, id and slug of the integration, and what else the caller decides; the source fills the rest.
        spec_path: Where the spec stands, or will: references into the source start from its folder.
        stdin: What the standard input holds, where `given` is `-`.
        selection: Which operations; None means all, or those of the last import.
        schemas: `inline` keeps them in the spec, `file` writes them beside it, `ref` refers to the source; None means
            as the last import, else inline where that is short.
        base_url: What relative server URLs start from.
        complete: Whether the spec has all sections and fields of the template, and the source's prose at length; None
            means as the last import, else no.
    """

    given: str
    draft: Draft
    spec_path: Path
    stdin: str | None = None
    selection: Selection | None = None
    schemas: str | None = None
    base_url: str | None = None
    complete: bool | None = None


class Imported(Struct, frozen=True):
    """What an import made.

    Attributes:
        text: Of the whole spec.
        changes: What a merge did; empty for a new spec.
        note: What was decided for want of an option, None where nothing was.
        schemas_file: What belongs beside the spec, None where nothing does, or where it stays as people have it.
    """

    text: str
    description: ApiDescription
    changes: tuple[Change, ...] = ()
    note: str | None = None
    schemas_file: SchemasFile | None = None

    @property
    def operations(self) -> tuple[str, ...]:
        """Headings in the order of the source."""
        return tuple(operation.heading for operation in self.description.operations)

    @property
    def losses(self) -> tuple[Loss, ...]:
        """What the spec does not have."""
        return self.description.losses

    @property
    def guesses(self) -> tuple[Guess, ...]:
        """What the source does not say."""
        return self.description.guesses


class _Written(Struct, frozen=True):
    text: str
    description: ApiDescription
    source: ReadSource
    schemas: str
    complete: bool
    note: str | None = None
    schemas_file: SchemasFile | None = None

    def record(self, selection: Selection, units: Mapping[str, Mapping[str, str]]) -> Record:
        """Return what the next import needs to know, without what it needs to know of the file beside the spec."""
        options = (
            *selection.as_options(),
            *(("--schemas", self.schemas) if self.schemas != "inline" else ()),
            *(("--complete", "yes") if self.complete else ()),
        )
        return Record(self.source.name, options, units)


def import_new(request: Request) -> Imported:
    """Return a new spec made from a source.

    Raises:
        UsageError: The source can't be read or chosen from, or what is chosen doesn't fit into one spec.
    """
    selection = request.selection or Selection()
    written = _write(request, selection, request.schemas, {}, frozenset())
    record = with_file(written.record(selection, Layout(written.text).digests()), written.schemas_file)
    text = with_record(written.text, record)
    return Imported(text, written.description, note=written.note, schemas_file=written.schemas_file)


def import_again(request: Request, old: str) -> Imported:
    """Return a spec with what its source changed since the last import; what people wrote stays to the byte.

    Raises:
        UsageError: As for a new one.
    """
    record = read_record(old)
    own = without_record(old)
    layout = Layout(own)
    selection, schemas, complete = _remembered(request, record)
    request = replace(request, complete=complete)
    written = _write(request, selection, schemas, layout.heading_keys(), frozenset(layout.headings))
    merged = merge(own, written.text, record, written.description.all_keys)
    beside = merge_file(written.schemas_file, schemas_path(request.spec_path), record, merged.text)
    text = with_record(merged.text, with_file(written.record(selection, merged.units), beside.known))
    if is_too_large(text, request.spec_path):
        too_large = _too_large(written.source, written.description, request.spec_path, is_ref=written.schemas == "ref")
        raise UsageError(too_large)
    return Imported(text, written.description, (*merged.changes, *beside.changes), written.note, beside.to_write)


def is_too_large(text: str, path: Path) -> bool:
    """Return whether a spec is more than is read of one file."""
    if len(text.encode("utf-8", errors="surrogatepass")) > MAX_SPEC_BYTES:
        return True
    findings = Findings()
    read_document(Source(path.name, text), findings)
    return any(found.code in _TOO_LARGE for found in findings.all())


def _write(
    request: Request, selection: Selection, schemas: str | None, headings: dict[str, str], taken: frozenset[str]
) -> _Written:
    """Return the spec as it would be written anew; where it is too large, without examples, then without schemas."""
    source_ledger = Ledger()
    source = read_source(load_source(request.given, request.stdin), source_ledger)
    options = ImportOptions(
        name=source.name,
        selection=selection,
        base_url=request.base_url,
        prefix=re.sub(r"\W+", "_", request.draft.slug).strip("_").upper() or "SERVICE",
        headings=headings,
        taken=taken,
        brevity=COMPLETE if request.complete else LEAN,
    )
    complete = request.complete is True
    in_workspace = schemas is None and can_be_referred_to(source, request.spec_path)
    for place, examples in _attempts(schemas, in_workspace=in_workspace, complete=complete):
        ledger = Ledger()
        for loss in source_ledger.losses:
            ledger.lose(loss.kind, loss.what, loss.where)
        described = describe(source, replace(options, examples=examples, in_place=_in_place(source, place)), ledger)
        found = placed(described, source, place, request.spec_path)
        text = spec_text(found.description, request.draft, complete=complete)
        beside = SchemasFile(schemas_path(request.spec_path), found.beside, source.name) if found.beside else None
        if schemas is None and not complete and place == "inline" and examples and source.kind in _WITH_SCHEMAS:
            fits = text.count("\n") <= MOST_LINES
        else:
            can_be_shorter = examples if place == "ref" else in_workspace
            length = max(len(text), len(beside.text) if beside is not None else 0)
            fits = length <= MOST_READ or not can_be_shorter
        if fits and not is_too_large(text, request.spec_path):
            note = _left_there(source, request.spec_path) if place == "ref" and schemas is None else None
            return _Written(text, found.description, source, place, complete, note, beside)
        description = found.description
    raise UsageError(_too_large(source, description, request.spec_path, is_ref=in_workspace or schemas == "ref"))


def _attempts(schemas: str | None, *, in_workspace: bool, complete: bool) -> list[tuple[str, bool]]:
    """Return (where schemas stand, with examples) in the order in which it is tried what fits."""
    if schemas is not None:
        return [(schemas, True), (schemas, False)]
    last = [("ref", True), ("ref", False)] if in_workspace else [("inline", False)]
    return [("inline", True), *([] if complete else [("file", True)]), *last]


def _in_place(source: ReadSource, place: str) -> InPlace | None:
    """Return which schemas stay in their operation."""
    if place == "file":
        return IN_FILE
    # In Swagger 2.0 only what has a name is where we read it.
    return IN_SOURCE if place == "ref" and source.kind != "swagger2" else None


def _remembered(request: Request, record: Record | None) -> tuple[Selection, str | None, bool]:
    """Return what is asked for now, else what the last import did."""
    chosen: dict[str, list[str]] = {}
    options = list(record.options) if record else []
    for option, value in zip(options[::2], options[1::2], strict=False):
        chosen.setdefault(option, []).append(value)
    selection = Selection(
        tuple(chosen.get("--tag", ())), tuple(chosen.get("--path", ())), tuple(chosen.get("--operation", ()))
    )
    schemas = request.schemas or (next(iter(chosen.get("--schemas", ())), "inline") if record else None)
    complete = request.complete if request.complete is not None else "--complete" in chosen
    return request.selection or selection, schemas, complete


def _left_there(source: ReadSource, spec_path: Path) -> str:
    """Return what was decided where the schemas don't fit."""
    where = unquote(source_reference(source, spec_path))
    return (
        f"the schemas of {source.name} are too large for a spec: the spec refers to {where}, so keep that file in "
        "its place (--schemas chooses another place)"
    )


def _too_large(source: ReadSource, description: ApiDescription, spec_path: Path, *, is_ref: bool) -> str:
    """Return what to do about a source that doesn't fit into one spec."""
    further = []
    if not is_ref and can_be_referred_to(source, spec_path):
        further.append("leave the schemas where they are by --schemas ref")
    elif not is_ref and source.kind in ("openapi3", "swagger2"):
        further.append(f"copy {source.name} into the workspace, so that its schemas can be left there")
    return too_many(source.name, len(description.operations), source.data, *further)
