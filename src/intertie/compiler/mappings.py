"""Mapping rows, compiled once, and handed to the endpoints whose schema has their field."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from msgspec import Struct, field
from msgspec.structs import replace

from intertie.compiler.build import Build
from intertie.compiler.paths import read_path, read_transform
from intertie.compiler.schema_fields import has_field
from intertie.core.errors import snake_case
from intertie.core.media_types import codec_of
from intertie.core.plurals import plural
from intertie.runtime.mapping import NamePath
from intertie.runtime.mapping.contracts import FieldPath
from intertie.runtime.plan import MappingRow
from intertie.runtime.schemas import CompiledSchema
from intertie.spec.fields import Located
from intertie.spec.model import InboundRow, OutboundRow

_QUERY_START_RE = re.compile(r"\$((?:\.\w+)*)")
_QUERY_NAME_RE = re.compile(r"\w+")


class _Row(Struct):
    plan: MappingRow
    external: Located[str]
    steps: tuple[object, ...]
    operations: frozenset[str]
    """Operation ids that the row is narrowed to; empty means any."""
    placed: bool = False
    """Some endpoint's answer declares the field: then the row is for those alone."""
    used: bool = False


class MappingRows(Struct):
    """All rows of a spec that can be read."""

    inbound: list[_Row] = field(default_factory=list)
    outbound: list[_Row] = field(default_factory=list)

    def inbound_for(
        self, operation: str, schema: CompiledSchema | None, *, answers_nothing: bool
    ) -> tuple[MappingRow, ...]:
        """Return the rows that read this operation's answer; without a schema, those that no schema has a field for."""
        if answers_nothing:
            return ()
        return tuple(
            _use(row)
            for row in self.inbound
            if _is_for(row, operation) and (_reads_any(row) if schema is None else _has(schema, row.steps))
        )

    def outbound_for(
        self,
        operation: str,
        names: frozenset[str],
        message: CompiledSchema | None,
        *,
        takes_members: bool,
    ) -> tuple[MappingRow, ...]:
        """Return the rows that write this operation's request: something of that name, or a member of the message."""
        rows: list[MappingRow] = []
        for row in self.outbound:
            if not _is_for(row, operation):
                continue
            name = row.external.value.strip()
            if name in names:
                rows.append(replace(_use(row), write=NamePath(name, name)))
            elif takes_members and (message is None or _has(message, row.steps)):
                rows.append(_use(row))
        return tuple(rows)

    def report_unused(self, build: Build) -> None:
        """Report rows that are for no operation; those of XML, which is handed over as text, together."""
        for rows, table, body in ((self.inbound, "inbound", "answer"), (self.outbound, "outbound", "request")):
            unused = [row for row in rows if not row.used]
            if len(unused) > 1 and _are_xml(build, answers=table == "inbound"):
                build.report(
                    "unused-mapping-row",
                    f"{plural(len(unused), 'row')} of `{table}` have no effect: each {body} is XML, which this "
                    "version hands over as text",
                    unused[0].external.span,
                    help="read and write the XML in the caller, and take the rows out",
                )
                continue
            for row in unused:
                build.report("unused-mapping-row", f"no endpoint has a field `{row.external.value}`", row.external.span)


def compile_rows(build: Build, operations: Iterable[str]) -> MappingRows:
    """Return every row of the spec that can be read; findings say which can't."""
    known = list(operations)
    rows = MappingRows()
    names = _odd_names(build)
    answers = _declared_answers(build)
    for inbound in build.spec.inbound:
        if compiled := _compiled(build, inbound, known, frozenset(), inbound=True):
            compiled.placed = any(has_field(schema, compiled.steps) for schema in answers)
            rows.inbound.append(compiled)
    for outbound in build.spec.outbound:
        if compiled := _compiled(build, outbound, known, names, inbound=False):
            rows.outbound.append(compiled)
    return rows


def _compiled(
    build: Build, row: InboundRow | OutboundRow, known: list[str], names: frozenset[str], *, inbound: bool
) -> _Row | None:
    external_field, internal_field = row.external_field, row.internal_field
    if external_field is None or internal_field is None:
        missing = "external_field" if external_field is None else "internal_field"
        build.report("incomplete-mapping-row", f"this row has no `{missing}`", row.head)
        return None
    name = external_field.value.strip()
    # A parameter's name is one name, whatever dots and brackets it has.
    external = NamePath(name, name) if name in names else read_path(build, external_field)
    internal = read_path(build, internal_field)
    transform, good = read_transform(build, row.transform)
    if external is None or internal is None or not good:
        return None
    read, write = (external, internal) if inbound else (internal, external)
    written_at = internal_field if inbound else external_field
    if _is_query(write):
        build.report(
            "invalid-field-path", f"`{written_at.value}` is a JSONPath query and can't be written to", written_at.span
        )
        return None
    default = row.default
    plan = MappingRow(
        read=read,
        write=write,
        transform=transform,
        required=bool(row.required and row.required.value),
        default=default.value if default else None,
        has_default=default is not None,
        source=str(external_field.span),
    )
    return _Row(plan, external_field, _steps(external), _narrowed(build, row.endpoints, known))


def _steps(path: FieldPath) -> tuple[object, ...]:
    """Return a path's steps; of a query, the plain names it begins with."""
    steps: tuple[object, ...] = getattr(path, "steps", ())
    if steps or not _is_query(path):
        return steps
    start = _QUERY_START_RE.match(path.text.strip())
    return tuple(_QUERY_NAME_RE.findall(start.group(1))) if start else ()


def _declared_answers(build: Build) -> list[dict[str, object]]:
    answers = (endpoint.response.success for endpoint in build.spec.endpoints if endpoint.response)
    return [answer.schema.value.json for answer in answers if answer is not None and answer.schema is not None]


def _are_xml(build: Build, *, answers: bool) -> bool:
    """Return whether all bodies of one direction whose media type is declared are XML."""
    codecs = set()
    for endpoint in build.spec.endpoints:
        success = endpoint.response.success if endpoint.response else None
        body = endpoint.request.body if endpoint.request else None
        holder = success if answers else body
        if holder is not None and holder.content_type is not None:
            codecs.add(codec_of(holder.content_type.value))
    return codecs == {"xml"}


def _odd_names(build: Build) -> frozenset[str]:
    """Return the names of parameters and headers that would not read as the one name they are."""
    requests = [endpoint.request for endpoint in build.spec.endpoints if endpoint.request]
    named = [parameter.name for request in requests for parameter in request.parameters]
    named += [header.name for request in requests for header in request.headers]
    return frozenset(name.value.strip() for name in named if name and not name.value.isidentifier())


def _narrowed(build: Build, endpoints: tuple[Located[str], ...], known: list[str]) -> frozenset[str]:
    for endpoint in endpoints:
        if (name := snake_case(endpoint.value)) not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"endpoints: {', '.join(known) or 'none'}"
            build.report("unknown-endpoint", f"there is no endpoint `{endpoint.value}`", endpoint.span, help=hint)
    return frozenset(snake_case(endpoint.value) for endpoint in endpoints)


def _is_query(path: FieldPath) -> bool:
    return not getattr(path, "steps", ()) and path.text.strip() != "$"


def _is_for(row: _Row, operation: str) -> bool:
    return not row.operations or operation in row.operations


def _reads_any(row: _Row) -> bool:
    """Return whether a row reads answers without a schema: named for them, or declared by nobody else's."""
    return bool(row.operations) or not row.placed


def _has(schema: CompiledSchema, steps: tuple[object, ...]) -> bool:
    return has_field(schema.json, steps)


def _use(row: _Row) -> MappingRow:
    row.used = True
    return row.plan
