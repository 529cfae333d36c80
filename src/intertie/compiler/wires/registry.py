"""The protocols that can be compiled, and which one an endpoint is of."""

from __future__ import annotations

from intertie.compiler.wires.contract import WireCompiler
from intertie.compiler.wires.registered import ADDED
from intertie.compiler.wires.rest import RestCompiler
from intertie.spec import protocols
from intertie.spec.model import Endpoint, Spec

REST = RestCompiler()
_OWN: dict[str, WireCompiler] = {REST.tag: REST}


def register(compiler: WireCompiler) -> None:
    """Make a protocol known to this process: specs may name it, and its endpoints are compiled.

    Raises:
        ValueError: Its tag, its name or its block is taken.
    """
    if compiler.tag in {**_OWN, **ADDED}:
        raise ValueError(f"the compiler knows the protocol {compiler.tag} already")
    if compiler.about_block:
        protocols.register(compiler.name, compiler.block, compiler.about_block)
    ADDED[compiler.tag] = compiler


def unregister(tag: str) -> None:
    """Forget a protocol that was registered."""
    compiler = ADDED.pop(tag)
    if compiler.about_block:
        protocols.unregister(compiler.name, compiler.block)


def compiler_of(spec: Spec, endpoint: Endpoint) -> WireCompiler:
    """Return the protocol of an endpoint: that of **Protocol**; REST where that says so, nothing, or one not done here.

    In a spec of another protocol an endpoint without that one's block, which has path and method, is REST.
    """
    named = spec.integration_type.protocol if spec.integration_type else None
    known = (*_OWN.values(), *ADDED.values())
    found = next((each for each in known if named is not None and each.name == named.value), REST)
    return REST if block_of(endpoint, found) is None and endpoint.endpoint is not None else found


def block_of(endpoint: Endpoint, compiler: WireCompiler) -> object | None:
    """Return an endpoint's block of a protocol, None where it has none."""
    if compiler.block in Endpoint.__struct_fields__:
        found: object | None = getattr(endpoint, compiler.block)
        return found
    return endpoint.protocol_block
