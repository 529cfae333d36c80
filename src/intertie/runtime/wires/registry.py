"""The protocols that can be called, by the tag of their plan part."""

from __future__ import annotations

from intertie.runtime.plan import OperationPlan
from intertie.runtime.wires.contract import WireProtocol
from intertie.runtime.wires.rest.protocol import Rest

_PROTOCOLS: dict[str, WireProtocol] = {each.tag: each for each in (Rest(),)}


def register(protocol: WireProtocol) -> None:
    """Make a protocol known to this process.

    Raises:
        ValueError: Its tag has one already.
    """
    if protocol.tag in _PROTOCOLS:
        raise ValueError(f"the protocol {protocol.tag} is known already")
    _PROTOCOLS[protocol.tag] = protocol


def unregister(tag: str) -> None:
    """Forget a protocol that was registered."""
    del _PROTOCOLS[tag]


def protocol_of(operation: OperationPlan) -> WireProtocol:
    """Return the protocol of an operation.

    Raises:
        LookupError: Its plan was made by a compiler that knows a protocol which the runtime does not.
    """
    found = _PROTOCOLS.get(operation.wire.protocol)
    if found is None:
        raise LookupError(f"{operation.id}: no protocol {operation.wire.protocol} is registered with the runtime")
    return found
