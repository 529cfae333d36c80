"""A YAML mapping into a block of the model, driven by the block's own declarations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, TypeVar, cast

from intertie.core.errors import snake_case
from intertie.core.units import parse_number
from intertie.diagnostics import Applicability, Edit, Fix, Label, Severity, SourceSpan
from intertie.spec import codes
from intertie.spec.fields import Block, FieldInfo, Kind, Located
from intertie.spec.model import (
    ErrorRow,
    FrontMatter,
    Header,
    InboundRow,
    OutboundRow,
    Parameter,
    Schema,
    Tier,
    Versioning,
)
from intertie.spec.model.endpoints import ErrorAnswer
from intertie.spec.model.resilience import FAILURE_RATES
from intertie.spec.reading.keys import KnownKey, did_you_mean, field_table, find_key, is_slip_of
from intertie.spec.reading.odd_values import ODD_VALUES
from intertie.spec.reading.placeholders import Placeholders, has_placeholder_key
from intertie.spec.reading.scalar_values import Asked, ScalarReader, Unreadable
from intertie.spec.source import Findings, Source
from intertie.spec.template import template_placeholders
from intertie.spec.tree import Entry, MappingNode, Node, ScalarNode, SequenceNode, plain
from intertie.spec.yaml_nodes import shorten

BlockT = TypeVar("BlockT", bound=Block)

_ROW_KEYS: dict[type[Block], tuple[str, str]] = {
    Header: ("name", "value"), Parameter: ("name", "type"), ErrorRow: ("external_code", "internal_code"),
    InboundRow: ("external_field", "internal_field"), OutboundRow: ("internal_field", "external_field"),
    Tier: ("name", "cost"),
}  # fmt: skip
"""Rows that people also write as a mapping: the field its key is, and the field a bare value is."""


_MOST_BESIDE = 200
"""Keys of a block that are looked through for the one that a misspelt key means."""


class Schemas(Protocol):
    """Reads schemas; what is wrong with one is reported."""

    def read(self, node: Node, where: str) -> Schema | None:
        """Return the schema of a node, None where it can't be used."""


class BlockReader:
    """Reads blocks of one file."""

    def __init__(self, source: Source, findings: Findings, schemas: Schemas) -> None:
        self.source = source
        self.findings = findings
        self.placeholders = Placeholders(source, findings)
        self._scalars = ScalarReader(findings)
        self._schemas = schemas

    def block(
        self,
        block_type: type[BlockT],
        node: Node,
        head: SourceSpan,
        where: str,
        *,
        also: dict[str, object] | None = None,
    ) -> BlockT | None:
        """Return the block read from `node`.

        None where it is empty, where nothing but placeholders stands in it, or where it is switched off by
        `enabled: false` and has no such field itself.

        Args:
            block_type: The block's class.
            node: What is written.
            head: Place of the key or heading that a missing field points at.
            where: How the block is called in a message, such as `retry`.
            also: Values known from elsewhere; what the node says wins.
        """
        if not isinstance(node, MappingNode):
            if isinstance(node, ScalarNode) and node.value is None and not node.quoted:
                return None
            self._wrong_kind(node, where, f"a block with keys such as {_some_keys(block_type)}")
            return None
        mark = self.findings.mark()
        values: dict[str, object] = dict(also or {})
        keys: dict[str, ScalarNode] = {}
        for entry in node.entries:
            known = find_key(block_type, entry.key.text)
            if known is None:
                if self._switched_off(block_type, entry, where):
                    return None
                self.unknown_key(entry, block_type, where, beside=node)
                continue
            if known.key in keys:
                self.findings.add(
                    codes.DUPLICATE_KEY, entry.key.span,
                    f"`{entry.key.text}` means `{known.key}`, which is given already; the first one is read",
                    help="keep one of the two", related=[Label(keys[known.key].span, "first given here")],
                )  # fmt: skip
                continue
            keys[known.key] = entry.key
            self._alias_info(entry, known, where)
            value = self.field(entry, known, f"{where}.{known.key}", block_type)
            if value is not None:
                values[known.attribute] = value
            if known.key == "enabled" and not known.info.template:
                self._switched_off(block_type, entry, where)
        if block_type is Versioning:
            self._supported(node, keys, values)
        if _row_without_subject(block_type, keys, values):
            return None
        if not any(value not in (None, ()) for value in values.values()) and self.findings.unfilled_since(mark):
            return None
        return block_type(span=node.span, head=head, **values)

    def field(self, entry: Entry, known: KnownKey, where: str, block_type: type[Block] | None = None) -> object:
        """Return the value of one field as the model holds it, None where it is absent, unfilled or wrong."""
        info, node = known.info, entry.value
        if info.kind is Kind.BLOCK:
            assert info.block is not None  # noqa: S101 - a block field declares its class
            return self.block(info.block, node, entry.key.span, where)
        # Nothing after the colon is nothing; a `null` that is written is a value where the field takes one.
        if isinstance(node, ScalarNode) and node.value is None and not (info.takes_null and node.text.strip()):
            return None
        if info.kind is Kind.SCHEMA:
            return self._schema(entry, where)
        if self.placeholders.in_node(node, info, where):
            return None
        match info.kind:
            case Kind.BLOCKS:
                return self._blocks(entry, info, where)
            case Kind.NAMED:
                return self._named(entry, info, where)
            case Kind.LIST:
                return tuple(self._list(entry, info, where))
            case Kind.MAP:
                return tuple(self._map(entry, info, where))
            case Kind.ANY:
                return Located(plain(node), node.span, entry.key.span, self.source.slice(node.span))
        return self.scalar(node, entry.key.span, Asked(info, where, known.unit), block_type)

    def scalar(
        self, node: Node, key_span: SourceSpan, asked: Asked, block_type: type[Block] | None = None
    ) -> Located[object] | None:
        """Return a single value, None where it is wrong (reported)."""
        if isinstance(node, MappingNode) and has_placeholder_key(node) and asked.info.kind in (Kind.TEXT, Kind.SECRET):
            node = self._braces(node, asked.where)
        if not isinstance(node, ScalarNode):
            self._wrong_kind(node, asked.where, f"a single value ({asked.info.kind})")
            return None
        odd = ODD_VALUES.get(block_type) if block_type is not None else None
        try:
            if odd is not None:
                handled = odd(node, asked, self.findings)
                if handled is not None:
                    return Located(handled, node.span, key_span, node.text)
            return Located(self._scalars.read(node, asked), node.span, key_span, node.text)
        except Unreadable:
            return None

    def unknown_key(
        self, entry: Entry, block_type: type[Block], where: str, *, beside: MappingNode | None = None
    ) -> None:
        """Report a key that the block does not know, with the nearest one it knows.

        It can be mended where the block does not have that one already; unseen where hardly a letter is wrong.
        """
        message = f"`{shorten(entry.key.text)}` is not a key of `{where}`; it has no effect"
        if self.findings.is_full(codes.UNKNOWN_KEY):
            # It is only counted: what was meant would cost more than all the rest.
            self.findings.add(codes.UNKNOWN_KEY, entry.key.span, message)
            return
        table = field_table(block_type)
        meant = did_you_mean(entry.key.text, list(table))
        canonical = table[meant].key if meant else None
        fix = None
        if canonical:
            crowded = beside is not None and len(beside.entries) > _MOST_BESIDE
            taken = crowded or any(_names(each, block_type, canonical) for each in (beside.entries if beside else ()))
            if not taken:
                sure = is_slip_of(entry.key.text, canonical, list(table))
                applicability = Applicability.SAFE if sure else Applicability.UNSAFE
                fix = Fix(f"write {canonical}", (Edit(entry.key.span, canonical),), applicability)
            hint = f"did you mean `{canonical}`?"
        else:
            hint = f"`{where}` knows {_some_keys(block_type, 12)}"
        own = block_type is FrontMatter and canonical is None
        severity = Severity.INFO if own else None
        self.findings.add(codes.UNKNOWN_KEY, entry.key.span, message, help=hint, fix=fix, severity=severity)

    # Collections

    def _blocks(self, entry: Entry, info: FieldInfo, where: str) -> tuple[Block, ...]:
        block_type = cast("type[Block]", info.block)
        node = entry.value
        if isinstance(node, SequenceNode):
            rows: list[Block | None] = []
            for number, item in enumerate(node.items):
                if isinstance(item, MappingNode) and _is_row_by_key(item, block_type):
                    rows += self._rows_by_key(item, block_type, f"{where}[{number}]", "a row")
                else:
                    rows.append(self.block(block_type, item, item.span, f"{where}[{number}]"))
            return tuple(row for row in rows if row is not None)
        if not isinstance(node, MappingNode):
            self._wrong_kind(node, where, f"a list of rows with {_some_keys(block_type)}")
            return ()
        if all(find_key(block_type, each.key.text) for each in node.entries):
            row = self.block(block_type, node, entry.key.span, where)
            return () if row is None else (row,)
        return tuple(self._rows_by_key(node, block_type, where))

    def _rows_by_key(
        self, node: MappingNode, block_type: type[Block], where: str, read_as: str = "a list"
    ) -> Iterator[Block]:
        """Read rows written as a mapping: `Idempotency-Key: "{uuid}"`, `card_declined: {action: fail}`."""
        row_keys = _ROW_KEYS.get(block_type)
        if row_keys is None:
            self._wrong_kind(node, where, f"a list of rows with {_some_keys(block_type)}")
            return
        table = field_table(block_type)
        name, bare = table[row_keys[0]], table[row_keys[1]]
        self.findings.add(
            codes.ALIAS_USED, node.span, f"`{where}` is read as {read_as}, each key as `{name.key}`",
            help=f"write `- {name.key}: …` rows",
        )  # fmt: skip
        for each in node.entries:
            key = each.key
            also: dict[str, object] = {name.attribute: Located(key.text, key.span, key.span, key.text)}
            if isinstance(each.value, MappingNode) and not has_placeholder_key(each.value):
                row = self.block(block_type, each.value, key.span, f"{where}.{key.text}", also=also)
                if row is not None:
                    yield row
                continue
            value = self.field(each, bare, f"{where}.{key.text}", block_type)
            if value is not None:
                yield block_type(span=key.span.to(each.value.span), head=key.span, **also, **{bare.attribute: value})

    def _named(self, entry: Entry, info: FieldInfo, where: str) -> tuple[tuple[Located[str], Block], ...]:
        block_type = cast("type[Block]", info.block)
        node = entry.value
        if isinstance(node, SequenceNode) and block_type is ErrorAnswer:
            return tuple(self._errors_in_a_list(node, where))
        if not isinstance(node, MappingNode):
            self._wrong_kind(node, where, "a mapping from a name to a block")
            return ()
        found: list[tuple[Located[str], Block]] = []
        for each in node.entries:
            key = each.key
            name = Located(key.text, key.span, key.span, key.text)
            block: Block | None
            if isinstance(each.value, ScalarNode) and each.value.value is not None and block_type is ErrorAnswer:
                known = field_table(ErrorAnswer)["description"]
                text = self.field(each, known, f"{where}.{key.text}.description")
                block = ErrorAnswer(each.value.span, key.span, description=cast("Located[str] | None", text))
            elif isinstance(each.value, ScalarNode) and each.value.value is None:
                block = block_type(span=key.span, head=key.span)
            else:
                block = self.block(block_type, each.value, key.span, f"{where}.{key.text}")
            if block is not None:
                found.append((name, block))
        return tuple(found)

    def _errors_in_a_list(self, node: SequenceNode, where: str) -> Iterator[tuple[Located[str], Block]]:
        """Read `errors: [{status: 400, description: …}]`."""
        self.findings.add(
            codes.ALIAS_USED, node.span, f"`{where}` is read as a mapping by status", help="write `'400': {…}`"
        )
        for item in node.items:
            entries = item.entries if isinstance(item, MappingNode) else ()
            status = next((each for each in entries if each.key.text in ("status", "code", "status_code")), None)
            if status is None or not isinstance(status.value, ScalarNode):
                self._wrong_kind(item, where, "a row with a `status`")
                continue
            rest = MappingNode(item.span, tuple(each for each in entries if each is not status))
            block = self.block(ErrorAnswer, rest, item.span, f"{where}.{status.value.text}")
            if block is not None:
                value = status.value
                yield Located(value.text, value.span, status.key.span, value.text), block

    def _list(self, entry: Entry, info: FieldInfo, where: str) -> Iterator[Located[object]]:
        item_info = cast("FieldInfo", info.item)
        node = entry.value
        if isinstance(node, MappingNode):
            self._wrong_kind(node, where, "a list")
            return
        items = node.items if isinstance(node, SequenceNode) else self._split(node)
        for number, item in enumerate(items):
            called = f"{where}[{number}]"
            if self.placeholders.in_node(item, item_info, called):
                continue
            if item_info.kind is Kind.ANY:
                yield Located(plain(item), item.span, entry.key.span, self.source.slice(item.span))
                continue
            if isinstance(item, ScalarNode) and item.value is None and not item.quoted:
                continue
            value = self.scalar(item, entry.key.span, Asked(item_info, called))
            if value is not None:
                yield value

    def _split(self, node: ScalarNode) -> tuple[ScalarNode, ...]:
        """Read one value where a list is meant; `a, b` without quotes is two."""
        if node.quoted or "," not in node.text or node.span.line != node.span.end_line:
            return (node,)
        parts = []
        position = self.source.offset(node.span.line, node.span.column)
        for piece in node.text.split(","):
            start = position + len(piece) - len(piece.lstrip())
            text = piece.strip()
            if text:
                parts.append(ScalarNode(self.source.span(start, start + len(text)), text, text))
            position += len(piece) + 1
        return tuple(parts)

    def _map(self, entry: Entry, info: FieldInfo, where: str) -> Iterator[tuple[Located[str], Located[object]]]:
        item_info = cast("FieldInfo", info.item)
        if not isinstance(entry.value, MappingNode):
            self._wrong_kind(entry.value, where, "a mapping from a name to a value")
            return
        for each in entry.value.entries:
            key, called = each.key, f"{where}.{each.key.text}"
            if self.placeholders.in_node(each.value, item_info, called):
                continue
            if isinstance(each.value, ScalarNode) and each.value.value is None and not each.value.quoted:
                continue
            value = self.scalar(each.value, key.span, Asked(item_info, called))
            if value is not None:
                yield Located(key.text, key.span, key.span, key.text), value

    # Parts

    def _schema(self, entry: Entry, where: str) -> Located[Schema] | None:
        node = entry.value
        if self.placeholders.everywhere(node, where):
            return None
        schema = self._schemas.read(node, where)
        return None if schema is None else Located(schema, node.span, entry.key.span, self.source.slice(node.span))

    def _alias_info(self, entry: Entry, known: KnownKey, where: str) -> None:
        written = entry.key.text
        if written == known.key or self.source.slice(entry.key.span) == "":
            return
        unit = f" in {known.unit}" if known.unit else ""
        same_unit = known.unit is None or known.unit == known.info.bare_unit
        edits = [Edit(entry.key.span, known.key)]
        number = entry.value.text.strip() if isinstance(entry.value, ScalarNode) else ""
        if not same_unit and parse_number(number) is not None:
            edits.append(Edit(entry.value.span, f"{number}{known.unit}"))
        if snake_case(written) in FAILURE_RATES and parse_number(number) is not None:
            edits.append(Edit(entry.value.span, f"{number}%"))
            unit = f", {number} %"
        fix = Fix(f"write {known.key}", tuple(edits)) if same_unit or len(edits) > 1 else None
        message = f"`{written}` is read as `{where}.{known.key}`{unit}"
        hint = f"write `{known.key}`" if same_unit else f"write `{known.key}`, with the unit behind the number"
        self.findings.add(codes.ALIAS_USED, entry.key.span, message, help=hint, fix=fix)

    def _supported(self, node: MappingNode, keys: dict[str, ScalarNode], values: dict[str, object]) -> None:
        """Report the template's `supported: [v1, v2]` beside a `current` that is not filled in either."""
        supported = node.get("supported")
        if "current" not in keys or "current" in values or supported is None or "supported" not in values:
            return
        if self.source.slice(supported.span).strip("[]") in template_placeholders():
            info = field_table(Versioning)["supported"].info
            self.placeholders.report(supported.span, "versioning.supported", info)
            del values["supported"]

    def _switched_off(self, block_type: type[Block], entry: Entry, where: str) -> bool:
        value = entry.value
        if entry.key.text != "enabled" or not isinstance(value, ScalarNode):
            return False
        off = value.value is False or value.text.strip().lower() in ("no", "off", "false")
        if off:
            self.findings.add(
                codes.SWITCHED_OFF, entry.key.span, f"`{where}` is switched off here", help="remove the block"
            )
        return off and "enabled" not in field_table(block_type)

    def _braces(self, node: MappingNode, where: str) -> ScalarNode:
        text = self.source.slice(node.span)
        self.findings.add(
            codes.ALIAS_USED, node.span, f"`{where}` is read as the text `{text}`", help=f'quote it: `"{text}"`',
            fix=Fix("quote it", (Edit(node.span, f'"{text}"'),)),
        )  # fmt: skip
        return ScalarNode(node.span, text, text, quoted=True)

    def _wrong_kind(self, node: Node, where: str, expected: str) -> None:
        got = {ScalarNode: "a single value", SequenceNode: "a list", MappingNode: "a block"}[type(node)]
        self.findings.add(codes.WRONG_TYPE, node.span, f"`{where}` is {expected}, not {got}")


def _is_row_by_key(node: MappingNode, block_type: type[Block]) -> bool:
    """Return whether a row is `- X-Request-Id: "{uuid}"`: one key that is no field, nor one with a slip in it."""
    if len(node.entries) != 1 or block_type not in _ROW_KEYS or has_placeholder_key(node):
        return False
    key, value = node.entries[0].key.text, node.entries[0].value
    filled = not isinstance(value, ScalarNode) or value.value is not None or value.quoted
    known = find_key(block_type, key) is not None or did_you_mean(key, list(field_table(block_type))) is not None
    return filled and not known


def _names(entry: Entry, block_type: type[Block], key: str) -> bool:
    known = find_key(block_type, entry.key.text)
    return known is not None and known.key == key


def _row_without_subject(block_type: type[Block], keys: dict[str, ScalarNode], values: dict[str, object]) -> bool:
    """Return whether a row names its subject only by a placeholder (or wrongly): there is nothing left to say of it."""
    row_keys = _ROW_KEYS.get(block_type)
    return row_keys is not None and row_keys[0] in keys and row_keys[0] not in values and block_type is not Tier


def _some_keys(block_type: type[Block], most: int = 4) -> str:
    names = dict.fromkeys(known.key for known in field_table(block_type).values())
    shown = [f"`{name}`" for name in list(names)[:most]]
    return ", ".join(shown) + (" …" if len(names) > most else "")
