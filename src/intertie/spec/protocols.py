"""Protocols that a spec may name beside those of the format: each has a name and a block of endpoints.

A protocol that is built in has its name and its block in `spec.model`. One that is registered is read the same way: its
name is a choice of **Protocol**, and its block is free data, which its half of the compiler reads.
"""

from __future__ import annotations

from msgspec.structs import replace

from intertie.spec.fields import FieldInfo, Kind
from intertie.spec.model import Endpoint, IntegrationType
from intertie.spec.reading.keys import forget_table

_ATTRIBUTE = "protocol_block"


def register(name: str, block: str, doc: str) -> None:
    """Let specs name a protocol.

    Args:
        name: As **Protocol** has it, such as `GraphQL`.
        block: The key of endpoints under which the protocol's own fields stand, such as `graphql`.
        doc: What stands there, in a sentence.

    Raises:
        ValueError: The name or the key is one of the format.
    """
    attribute, info = IntegrationType.declared["protocol"]
    if name in info.choices or block in Endpoint.declared:
        raise ValueError(f"specs know the protocol {name}, or the endpoint's key `{block}`, already")
    IntegrationType.declared["protocol"] = (attribute, replace(info, choices=(*info.choices, name)))
    Endpoint.declared[block] = (_ATTRIBUTE, FieldInfo(Kind.ANY, doc, template=False))
    _forget()


def unregister(name: str, block: str) -> None:
    """Forget a protocol that was registered."""
    attribute, info = IntegrationType.declared["protocol"]
    kept = tuple(choice for choice in info.choices if choice != name)
    IntegrationType.declared["protocol"] = (attribute, replace(info, choices=kept))
    del Endpoint.declared[block]
    _forget()


def _forget() -> None:
    for block_type in (IntegrationType, Endpoint):
        forget_table(block_type)
