"""Mapping rows and error rows in the shapes people give them: YAML lists, mappings by code, Markdown tables."""

from __future__ import annotations

from collections.abc import Iterator

from intertie.core.errors import snake_case
from intertie.diagnostics import Edit, Fix, SourceSpan
from intertie.spec import codes
from intertie.spec.reading.lines import matching_columns, table_rows
from intertie.spec.reading.status_words import one_text
from intertie.spec.source import Findings, Source
from intertie.spec.tree import Entry, MappingNode, Node, ScalarNode, Section, SequenceNode, Table
from intertie.spec.yaml_nodes import shorten

_COMMON = {
    "transform": "transform", "transformation": "transform", "conversion": "transform", "required": "required",
    "mandatory": "required", "default": "default", "default_value": "default",
}  # fmt: skip
MAPPING_COLUMNS = {
    **dict.fromkeys(("external_field", "external", "their_field", "theirs", "provider_field", "api_field",
                     "service_field", "source_field"), "external_field"),
    **dict.fromkeys(("internal_field", "internal", "our_field", "ours", "domain_field", "system_field"),
                    "internal_field"),
    **_COMMON,
}  # fmt: skip
_INBOUND_COLUMNS = {**MAPPING_COLUMNS, "from": "external_field", "source": "external_field", "to": "internal_field",
                    "target": "internal_field", "field": "external_field"}  # fmt: skip
_OUTBOUND_COLUMNS = {**MAPPING_COLUMNS, "from": "internal_field", "source": "internal_field", "to": "external_field",
                     "target": "external_field", "field": "internal_field"}  # fmt: skip

_STATUS_KEYS = ("status", "http_status", "status_code", "http_code", "http_status_code", "http")
_VENDOR_KEYS = ("external_code", "code", "error_code", "vendor_code", "provider_code", "external_error", "external",
                "error", "their_code", "their_error_code")  # fmt: skip
_ERROR_COLUMNS = {
    **dict.fromkeys(_STATUS_KEYS, "status"), **dict.fromkeys(_VENDOR_KEYS, "external_code"),
    **dict.fromkeys(("internal_code", "internal", "internal_error", "our_code", "maps_to", "mapped_to"),
                    "internal_code"),
    **dict.fromkeys(("message", "user_message", "description", "meaning", "text"), "message"),
    **dict.fromkeys(("action", "handling", "behavior", "behaviour", "strategy"), "action"),
}  # fmt: skip


def mapping_tables(section: Section, source: Source, *, inbound: bool) -> list[MappingNode]:
    """Return the rows of a section's mapping tables."""
    columns = _INBOUND_COLUMNS if inbound else _OUTBOUND_COLUMNS
    wanted = {"external_field", "internal_field"}
    return [
        row
        for table in section.tables
        if wanted <= {columns.get(snake_case(cell.text)) for cell in table.header}
        for row in table_rows(table, columns, source)
    ]


def is_error_table(table: Table) -> bool:
    """Return whether a table's header is that of error rows."""
    keys = {_ERROR_COLUMNS.get(snake_case(cell.text)) for cell in table.header}
    return bool(keys & {"status", "external_code"}) and bool(keys & {"internal_code", "action"})


def error_tables(section: Section, source: Source) -> list[MappingNode]:
    """Return the rows of a section's error tables."""
    return [
        row for table in section.tables if is_error_table(table) for row in table_rows(table, _ERROR_COLUMNS, source)
    ]


def is_parameter_table(table: Table) -> bool:
    """Return whether a table's header is that of parameters."""
    return matching_columns(table, PARAMETER_COLUMNS) >= 2 and any(
        PARAMETER_COLUMNS.get(snake_case(cell.text)) == "name" for cell in table.header
    )


PARAMETER_COLUMNS = {
    **dict.fromkeys(("name", "parameter", "param", "field"), "name"),
    **dict.fromkeys(("in", "location", "where"), "in"), "type": "type", "required": "required",
    "mandatory": "required", "description": "description", "default": "default", "format": "format",
}  # fmt: skip
HEADER_COLUMNS = {
    **dict.fromkeys(("header", "header_name"), "name"), "value": "value", "required": "required",
    "description": "description",
}  # fmt: skip
ANSWER_COLUMNS = {
    **dict.fromkeys((*_STATUS_KEYS, "code", "error_code"), "status"),
    **dict.fromkeys(("description", "meaning", "message", "reason"), "description"), "retry_after": "retry_after",
}  # fmt: skip


def one_code(node: Node, findings: Findings) -> Node:
    """Return error rows with their code under `external_code`, whatever it is called in the file.

    A row with a status and the provider's own code keeps the latter, which is the more specific of the two. Rows nested
    by status and then by code become one row for each code.
    """
    if isinstance(node, SequenceNode):
        items = tuple(_one_code_row(item, findings) if isinstance(item, MappingNode) else item for item in node.items)
        return SequenceNode(node.span, items, node.flow)
    if isinstance(node, MappingNode):
        return MappingNode(node.span, tuple(_flattened(node)), node.flow)
    return node


def _one_code_row(row: MappingNode, findings: Findings) -> MappingNode:
    by_role: dict[str, Entry] = {}
    rest = []
    for entry in row.entries:
        key = snake_case(entry.key.text)
        if key in _VENDOR_KEYS and "vendor" not in by_role:
            by_role["vendor"] = entry
        elif key in _STATUS_KEYS and "status" not in by_role:
            by_role["status"] = entry
        else:
            rest.append(entry)
    chosen = by_role.get("vendor") or by_role.get("status")
    if chosen is None:
        return row
    if len(by_role) == 2:
        status, own = by_role["status"], chosen.value.text if isinstance(chosen.value, ScalarNode) else "its own code"
        _say(findings, status.key.span, f"`{status.key.text}` has no effect: the row is found by `{shorten(own)}`",
             "leave the status out, or give it a row of its own")  # fmt: skip
    chosen = Entry(chosen.key, one_text(chosen.value))
    if chosen.key.text == "external_code":
        return MappingNode(row.span, (chosen, *rest), row.flow)
    findings.add(
        codes.ALIAS_USED, chosen.key.span, f"`{chosen.key.text}` is read as `external_code`",
        help="write `external_code`", fix=Fix("write external_code", (Edit(chosen.key.span, "external_code"),)),
    )  # fmt: skip
    head = ScalarNode(chosen.key.span, "external_code", "external_code")
    return MappingNode(row.span, (Entry(head, chosen.value), *rest), row.flow)


def _flattened(node: MappingNode) -> Iterator[Entry]:
    for entry in node.entries:
        value = entry.value
        nested = (
            isinstance(value, MappingNode)
            and value.entries
            and all(isinstance(each.value, MappingNode) for each in value.entries)
        )
        if nested and isinstance(value, MappingNode):
            for each in value.entries:
                rest = each.key.text in ("default", "*", "other", "others")
                yield Entry(entry.key, each.value) if rest else each
        else:
            yield entry


def _say(findings: Findings, span: SourceSpan, message: str, help_text: str) -> None:
    findings.add(codes.ALIAS_USED, span, message, help=help_text)
