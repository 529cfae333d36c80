"""Endpoints: which headings are one, and what stands under each."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from intertie.core.errors import snake_case
from intertie.diagnostics import Edit, Fix, Label, SourceSpan
from intertie.spec import codes
from intertie.spec.fields import Located
from intertie.spec.model import Endpoint, EndpointHead, Response
from intertie.spec.reading.blocks import BlockReader
from intertie.spec.reading.endpoint_lists import listed_endpoints, tabled_endpoints
from intertie.spec.reading.keys import find_key
from intertie.spec.reading.lines import bullet_entries, table_rows
from intertie.spec.reading.routing import KNOWN_KEYS
from intertie.spec.reading.rows import ANSWER_COLUMNS, HEADER_COLUMNS, PARAMETER_COLUMNS, is_parameter_table
from intertie.spec.reading.status_words import settle_statuses
from intertie.spec.tree import Document, Entry, MappingNode, ScalarNode, Section, SequenceNode, Table, TextLine

_METHODS = "GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS"
_REQUEST_LINE_RE = re.compile(rf"(?P<method>{_METHODS})[`*]*\s+[`*]*(?P<path>/[^\s`*)]*)")
_OTHER_PLACEHOLDER_RE = re.compile(r"(?<=/):([A-Za-z_]\w*)(?=/|\Z)|<(?:\w+:)?([A-Za-z_]\w*)>")
_NUMBERING_RE = re.compile(r"\A\s*\d+(?:\.\d+)*[.)]?\s+")
_NUMBER_RE = re.compile(r"\d+(?:\.\d+)*[.)]?\Z")
_HEAD_KEYS = frozenset({"path", "method"})
_ENDPOINT_KEYS = frozenset({"request", "response", "performance", "pagination", "parameters"})
_DOCUMENT_KEYS = frozenset({"components", "definitions", "$defs"})


def endpoint_sections(document: Document) -> Iterator[Section]:
    """Yield the sections that describe one endpoint each, in the author's order."""
    for section in document.sections:
        if section.name == "api endpoints":
            yield from listed_endpoints(section)
            below = [found for part in section.subsections for found in _endpoints_below(part)]
            yield from below or [found for part in section.walk() for found in tabled_endpoints(part)]
        elif section.name is None or any(_has_head(part) or _is_request(part) for part in section.walk()):
            yield from _endpoints_with_head(section)


def read_endpoints(sections: list[Section], reader: BlockReader) -> tuple[Endpoint, ...]:
    """Return the endpoints; two with one operation id are reported and the first is kept."""
    found: dict[str, Endpoint] = {}
    for section in sections:
        endpoint = _EndpointReader(section, reader).read()
        if endpoint is None or endpoint.name is None:
            continue
        operation = snake_case(endpoint.name.value)
        first = found.setdefault(operation, endpoint)
        if first is not endpoint and first.name is not None:
            reader.findings.add(
                codes.REPEATED_ENDPOINT, endpoint.name.span,
                f"two endpoints are called `{operation}`; the first one is read", help="give each a heading of its own",
                related=[Label(first.name.span, "first one here")],
            )  # fmt: skip
    return tuple(found.values())


def _endpoints_below(section: Section) -> Iterator[Section]:
    """Yield a heading below API Endpoints that is an endpoint, or the endpoints of a group."""
    if _has_head(section):
        yield section
    elif any(_has_head(part) for part in section.walk()):
        for part in section.subsections:
            yield from _endpoints_below(part)
    elif section.blocks or _REQUEST_LINE_RE.search(section.heading.text) or _says_head(section):
        yield section
    elif any(_REQUEST_LINE_RE.search(part.heading.text) or _says_head(part) for part in section.walk()):
        for part in section.subsections:
            yield from _endpoints_below(part)


def _endpoints_with_head(section: Section) -> Iterator[Section]:
    if section.heading.text and (_has_head(section) or _is_request(section)):
        yield section
    else:
        for part in section.subsections:
            yield from _endpoints_with_head(part)


def _has_head(section: Section) -> bool:
    """Return whether a section's own blocks say which endpoint it is."""
    keys = {entry.key.text for block in section.blocks for entry in block.root.entries}
    return "endpoint" in keys or keys >= _HEAD_KEYS


def _is_request(section: Section) -> bool:
    """Return whether a heading outside API Endpoints is `GET /path`, with a block below that says more about it."""
    keys = {entry.key.text for block in section.blocks for entry in block.root.entries}
    return bool(keys & _ENDPOINT_KEYS) and _REQUEST_LINE_RE.search(section.heading.text) is not None


def _says_head(section: Section) -> bool:
    """Return whether a section's bullets or two-column tables say which endpoint it is."""
    keys = {snake_case(bullet.key.text) for bullet in section.bullets if bullet.key is not None}
    keys |= {snake_case(row[0].text) for table in section.tables if len(table.header) == 2 for row in table.rows}
    return keys >= _HEAD_KEYS


class _EndpointReader:
    def __init__(self, section: Section, reader: BlockReader) -> None:
        self._section = section
        self._reader = reader
        self._findings = reader.findings
        self._entries: dict[str, Entry] = {}
        self._head_entries: list[Entry] = []

    def read(self) -> Endpoint | None:
        """Return the endpoint, None where it is left wholly unfilled."""
        section, reader = self._section, self._reader
        mark = self._findings.mark()
        heading = section.heading
        unnamed = not heading.text or reader.placeholders.in_text(heading, "endpoint heading")
        name = None if unnamed else self._name(heading)
        where = snake_case(name.value) if name is not None else "endpoint"
        for part in section.walk():
            for block in part.blocks:
                for entry in block.root.entries:
                    self._take(entry, where)
        self._tables()
        self._wrap_head()
        self._lines()
        node = MappingNode(section.span, tuple(self._entries.values()))
        endpoint = reader.block(Endpoint, node, heading.span, where)
        head = self._with_request_line(endpoint.endpoint if endpoint is not None else None, heading)
        if self._findings.unfilled_since(mark) and (name is None or head is None or head.path is None):
            # What can't be called yet is not there yet: of all that is said below, only what to fill in matters.
            self._findings.drop_after(mark, keep=codes.UNFILLED)
            return None
        if endpoint is None:
            endpoint = Endpoint(section.span, heading.span)
        return replace(
            endpoint, name=name, endpoint=self._with_braces(head), response=self._plain_statuses(endpoint.response),
            span=section.span,
        )  # fmt: skip

    def _name(self, heading: TextLine) -> Located[str]:
        text = re.sub(r"[`*]", "", heading.text).strip()
        line = _REQUEST_LINE_RE.search(text)
        if line is not None:
            rest = (text[: line.start()] + text[line.end() :]).strip(" ()[]:-\u2013\u2014")
            text = line.group(0) if not rest or _NUMBER_RE.match(rest) else rest
        text = _NUMBERING_RE.sub("", text, count=1) or text
        return Located(text, heading.span, heading.span, heading.text)

    def _take(self, entry: Entry, where: str) -> None:
        """Put one top-level entry where it belongs."""
        written = entry.key.text
        if written in _DOCUMENT_KEYS:
            return
        known = find_key(Endpoint, written)
        if known is not None:
            self._merge(known.key, entry)
            return
        if find_key(EndpointHead, written) is not None:
            self._head_entries.append(entry)
            return
        if snake_case(written) in KNOWN_KEYS:
            message = f"`{written}` has no effect on one endpoint: it holds for the whole integration"
            self._findings.add(codes.UNKNOWN_KEY, entry.key.span, message, help="move it to its own section")
            return
        self._reader.unknown_key(entry, Endpoint, where)

    def _merge(self, key: str, entry: Entry) -> None:
        entry = self._hoisted(entry) if key == "endpoint" else entry
        first = self._entries.get(key)
        if first is None:
            self._entries[key] = entry
            return
        one, two = first.value, entry.value
        if not isinstance(one, MappingNode) or not isinstance(two, MappingNode):
            self._conflict(first, entry)
            return
        merged = {each.key.text: each for each in one.entries}
        for each in two.entries:
            known = merged.setdefault(each.key.text, each)
            if known is not each:
                self._conflict(known, each)
        self._entries[key] = Entry(first.key, MappingNode(one.span, tuple(merged.values()), one.flow))

    def _hoisted(self, entry: Entry) -> Entry:
        """Take what belongs beside `endpoint:` out of it."""
        if not isinstance(entry.value, MappingNode):
            return entry
        stays = []
        for each in entry.value.entries:
            known = find_key(Endpoint, each.key.text)
            if known is None or find_key(EndpointHead, each.key.text) is not None:
                stays.append(each)
                continue
            message = f"`endpoint.{each.key.text}` is read as `{known.key}` beside `endpoint`"
            self._findings.add(codes.ALIAS_USED, each.key.span, message, help="indent it like `endpoint:`")
            self._merge(known.key, each)
        return Entry(entry.key, MappingNode(entry.value.span, tuple(stays), entry.value.flow))

    def _conflict(self, first: Entry, second: Entry) -> None:
        self._findings.add(
            codes.BLOCK_CONFLICT, second.key.span, f"`{second.key.text}` is given twice; the first one is read",
            help="keep one of the two", related=[Label(first.key.span, "first given here")],
        )  # fmt: skip

    def _wrap_head(self) -> None:
        """Read `path` and `method` at the top of a block as `endpoint.path` and `endpoint.method`."""
        if not self._head_entries:
            return
        for entry in self._head_entries:
            self._findings.add(
                codes.ALIAS_USED, entry.key.span, f"`{entry.key.text}` is read as `endpoint.{entry.key.text}`",
                help="put it under `endpoint:`",
            )  # fmt: skip
        first = self._head_entries[0]
        span = first.key.span.to(self._head_entries[-1].value.span)
        self._merge("endpoint", Entry(_key("endpoint", first.key.span), MappingNode(span, tuple(self._head_entries))))

    def _with_request_line(self, head: EndpointHead | None, heading: TextLine) -> EndpointHead | None:
        """Fill method and path from a heading such as `GET /v1/charges`."""
        line = _REQUEST_LINE_RE.search(heading.text)
        if line is None or (head is not None and head.path is not None and head.method is not None):
            return head
        source = self._reader.source
        start = source.offset(heading.span.line, heading.span.column)

        def part(name: str) -> Located[str]:
            first, last = line.span(name)
            span = source.span(start + first, start + last)
            return Located(line.group(name), span, heading.span, line.group(name))

        if head is None:
            return EndpointHead(heading.span, heading.span, path=part("path"), method=part("method"))
        return replace(head, path=head.path or part("path"), method=head.method or part("method"))

    def _with_braces(self, head: EndpointHead | None) -> EndpointHead | None:
        """Read placeholders as routers and documents write them: `/users/:id`, `/users/<id>`."""
        if head is None or head.path is None:
            return head
        path = head.path
        braced = _OTHER_PLACEHOLDER_RE.sub(lambda match: f"{{{match.group(1) or match.group(2)}}}", path.value)
        if braced == path.value:
            return head
        self._findings.add(
            codes.ALIAS_USED, path.span, f"`{path.value}` is read as `{braced}`", help=f"write `{braced}`",
            fix=Fix(f"write {braced}", (Edit(path.span, f'"{braced}"'),)),
        )  # fmt: skip
        return replace(head, path=Located(braced, path.span, path.key_span, path.text))

    def _plain_statuses(self, response: Response | None) -> Response | None:
        """Read `200 OK` and `404 Not Found` as the statuses that they are."""
        if response is None:
            return None
        success = response.success
        if success is not None and success.status:
            success = replace(success, status=settle_statuses(success.status, self._findings))
        errors = tuple(
            (status, answer) for said, answer in response.errors for status in settle_statuses((said,), self._findings)
        )
        return replace(response, success=success, errors=errors)

    # Bullets and tables

    def _lines(self) -> None:
        """Read `- **Path**: /a` and its like where no YAML says the same."""
        head = self._entries.get("endpoint")
        known = head.value.entries if head is not None and isinstance(head.value, MappingNode) else ()
        said = {entry.key.text for entry in known}
        entries = []
        for entry in bullet_entries(self._section, self._reader.source):
            field = find_key(EndpointHead, entry.key.text)
            if field is not None and field.key not in said:
                said.add(field.key)
                entries.append(Entry(_key(field.key, entry.key.span), entry.value))
        if entries:
            first, last = entries[0].key.span, entries[-1].value.span
            self._merge("endpoint", Entry(_key("endpoint", first), MappingNode(first.to(last), tuple(entries))))

    def _tables(self) -> None:
        for part in self._section.walk():
            for table in part.tables:
                if is_parameter_table(table):
                    self._table(table, ("request", "parameters"), PARAMETER_COLUMNS)
                elif snake_case(table.header[0].text) in HEADER_COLUMNS:
                    self._table(table, ("request", "headers"), HEADER_COLUMNS)
                elif ANSWER_COLUMNS.get(snake_case(table.header[0].text)) == "status":
                    self._table(table, ("response", "errors"), ANSWER_COLUMNS)

    def _table(self, table: Table, where: tuple[str, str], columns: dict[str, str]) -> None:
        """Read a table where no YAML says the same."""
        outer, inner = where
        known = self._entries.get(outer)
        if known is not None and isinstance(known.value, MappingNode) and known.value.entry(inner) is not None:
            return
        rows = list(table_rows(table, columns, self._reader.source))
        if inner == "errors":
            rows = [row for row in rows if _is_error_status(row)]
            value: SequenceNode | MappingNode = MappingNode(table.span, tuple(_by_status(rows)))
        else:
            value = SequenceNode(table.span, tuple(rows))
        if not rows:
            return
        head = _key(inner, table.header[0].span)
        self._merge(outer, Entry(_key(outer, table.header[0].span), MappingNode(table.span, (Entry(head, value),))))


def _by_status(rows: list[MappingNode]) -> Iterator[Entry]:
    for row in rows:
        status = row.get("status")
        if isinstance(status, ScalarNode):
            rest = tuple(entry for entry in row.entries if entry.key.text != "status")
            yield Entry(status, MappingNode(row.span, rest))


def _is_error_status(row: MappingNode) -> bool:
    status = row.get("status")
    return isinstance(status, ScalarNode) and not status.text.startswith(("1", "2", "3"))


def _key(name: str, span: SourceSpan) -> ScalarNode:
    return ScalarNode(span, name, name)
