"""The protocols that the mock speaks, by the tag of their plan part."""

from __future__ import annotations

from intertie.mockserver.wires.contract import MockProtocol
from intertie.mockserver.wires.rest.protocol import RestService
from intertie.runtime.plan import Plan

_PROTOCOLS: dict[str, MockProtocol] = {each.tag: each for each in (RestService(),)}
_WITHOUT_OPERATIONS = "rest"
"""Who answers for a plan that has no operations."""


def register(protocol: MockProtocol) -> None:
    """Make a protocol known to the mocks of this process.

    Raises:
        ValueError: Its tag has one already.
    """
    if protocol.tag in _PROTOCOLS:
        raise ValueError(f"the mock knows the protocol {protocol.tag} already")
    _PROTOCOLS[protocol.tag] = protocol


def unregister(tag: str) -> None:
    """Forget a protocol that was registered."""
    del _PROTOCOLS[tag]


def protocols_of(plan: Plan) -> dict[str, MockProtocol]:
    """Return the protocols that a plan's operations have, by tag, in the plan's order.

    Raises:
        LookupError: The mock does not know one.
    """
    tags = dict.fromkeys(operation.wire.protocol for operation in plan.operations.values())
    missing = [tag for tag in tags if tag not in _PROTOCOLS]
    if missing:
        raise LookupError(f"the mock knows no protocol {missing[0]}")
    return {tag: _PROTOCOLS[tag] for tag in tags or (_WITHOUT_OPERATIONS,)}
