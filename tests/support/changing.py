"""An operation's plan with a few fields changed, whether they are its own or its wire's."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from intertie.runtime.plan import OperationPlan


def changed(operation: OperationPlan, **fields: Any) -> OperationPlan:
    """Return an operation with other fields of its own or of its wire."""
    of_wire = {name: fields.pop(name) for name in tuple(fields) if name in operation.wire.__struct_fields__}
    return replace(operation, wire=replace(operation.wire, **of_wire), **fields)
