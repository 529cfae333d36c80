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
    operations: Iterable[ImportedOperation], components: dict[str, object], ledger: Ledger
) -> tuple[ImportedOperation, ...]:
    """Return the operations without the examples that break their own schema; each is noted as lost.

    Args:
        operations: As they were read.
        components: Schemas by name, to which those of the operations refer.
        ledger: Where losses are noted.
    """
    return tuple(_sound(operation, components, ledger) for operation in operations)


def _sound(operation: ImportedOperation, components: dict[str, object], ledger: Ledger) -> ImportedOperation:
    success = operation.success
    if success is None or not success.has_example or not isinstance(success.schema, dict):
        return operation
    if _compiled(success.schema, components).is_valid(success.example):
        return operation
    ledger.lose("broken-example", operation.heading, operation.where)
    return replace(operation, success=replace(success, example=None, has_example=False))


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
