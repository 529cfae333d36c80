"""Examples of answers, held against the schemas that they are examples of."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from intertie.core.json_pointer import COMPONENTS, name_after
from intertie.importers.losses import Ledger
from intertie.importers.model import ImportedOperation
from intertie.importers.plain import mapping
from intertie.runtime.schemas import CompiledSchema
from intertie.spec.dialects import translate


def with_sound_examples(
    operations: Iterable[ImportedOperation], components: dict[str, object], ledger: Ledger, *, items: int | None
) -> tuple[ImportedOperation, ...]:
    """Return the operations with examples that are short, and satisfy their schema; the others are noted as lost.

    Args:
        operations: As they were read.
        components: Schemas by name, to which those of the operations refer.
        ledger: Where losses are noted.
        items: The most items of a list in an example; None keeps all of them.
    """
    return tuple(_sound(operation, components, ledger, items) for operation in operations)


def _sound(
    operation: ImportedOperation, components: dict[str, object], ledger: Ledger, items: int | None
) -> ImportedOperation:
    success = operation.success
    if success is None or not success.has_example:
        return operation
    schema = _compiled(success.schema, components) if isinstance(success.schema, dict) else None
    short = success.example if items is None else shortened(success.example, items)
    for example in (short, success.example):
        if schema is None or schema.is_valid(example):
            return replace(operation, success=replace(success, example=example))
    ledger.lose("broken-example", operation.heading, operation.where)
    return replace(operation, success=replace(success, example=None, has_example=False))


def shortened(value: object, items: int) -> object:
    """Return plain data with the first few items of each list.

    >>> shortened({"rows": [{"tags": [1, 2, 3]}, {}, {}]}, 2)
    {'rows': [{'tags': [1, 2]}, {}]}
    """
    if isinstance(value, list):
        return [shortened(item, items) for item in value[:items]]
    return {key: shortened(each, items) for key, each in value.items()} if isinstance(value, dict) else value


def _compiled(schema: dict[str, object], components: dict[str, object]) -> CompiledSchema:
    """Return a schema with the components that it leads to, in the dialect that is checked."""
    reached: dict[str, object] = {}
    pending: list[object] = [schema]
    while pending:
        current = pending.pop()
        if isinstance(current, list):
            pending.extend(current)
        elif isinstance(current, dict):
            name = name_after(COMPONENTS, current.get("$ref"))
            if name is not None and name not in reached and name in components:
                reached[name] = _translated(components[name])
                pending.append(components[name])
            pending.extend(current.values())
    return CompiledSchema({**mapping(_translated(schema)), "components": {"schemas": reached}})


def _translated(schema: object) -> object:
    return translate(schema, _translated) if isinstance(schema, dict) else schema
