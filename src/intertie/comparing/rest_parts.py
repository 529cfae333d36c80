"""What rules compare of REST operations; of another protocol's it is empty, and its fields are compared one by one."""

from __future__ import annotations

from intertie.runtime.plan import OperationPlan
from intertie.runtime.statuses import StatusSet
from intertie.runtime.wires.rest.plan import ResponsePlan, RestWire

_NOTHING = RestWire("", "", (), (), None, ResponsePlan(StatusSet(), None, ""))


def rest(operation: OperationPlan) -> RestWire:
    """Return the wire of a REST operation, one that says nothing where it is of another protocol."""
    return operation.wire if isinstance(operation.wire, RestWire) else _NOTHING
