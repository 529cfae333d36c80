"""What a protocol is to the compiler: a `WireCompiler`, which turns an endpoint into a `CompiledWire`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from msgspec import Struct

from intertie.compiler.build import Build
from intertie.compiler.schemas import SchemaShelf
from intertie.compiler.shared import Shared
from intertie.diagnostics import SourceSpan
from intertie.runtime.plan import ResultPlan
from intertie.runtime.schemas import CompiledSchema
from intertie.runtime.wires.plan import WirePlan
from intertie.spec.model import Endpoint


class CallTarget(Struct, frozen=True):
    """What a call of an endpoint is made with, as the spec has it.

    Attributes:
        span: Where that stands: the operation's place.
        name: What the operation is called where its endpoint has no heading.
        parts: The protocol's own.
    """

    span: SourceSpan
    name: str
    parts: Any


class CompiledWire(Struct, frozen=True):
    """An endpoint in the terms of its protocol, and what of that the rest of the compiler needs.

    Attributes:
        replay_safe: The protocol says that sending it twice has the effect of once.
        is_read: It changes nothing.
        idempotency_header: Where its idempotency key goes, None where it has none.
        answers_nothing: No success has data, so that no inbound row reads it.
        names: What outbound rows may write by its name, beside the message.
        takes_members: The message is an object, so that outbound rows write its members.
        message: Schema of the message, None where the spec says nothing of it.
        sources: Stage -> option -> place, of what the protocol's fields say.
    """

    wire: WirePlan
    result: ResultPlan
    replay_safe: bool
    is_read: bool
    idempotency_header: str | None = None
    answers_nothing: bool = False
    names: frozenset[str] = frozenset()
    takes_members: bool = True
    message: CompiledSchema | None = None
    sources: Mapping[str, Mapping[str, str]] = {}


class WireCompiler(Protocol):
    """A protocol's half of the compiler."""

    @property
    def tag(self) -> str:
        """The tag of its `WirePlan`."""

    @property
    def name(self) -> str:
        """What **Protocol** says, such as `REST`."""

    @property
    def block(self) -> str:
        """Key of the endpoint's block that is the protocol's; empty where it needs none."""

    @property
    def about_block(self) -> str:
        """What stands in that block, in a sentence; empty where it is a field of the format."""

    def locate(self, build: Build, endpoint: Endpoint, name: str) -> CallTarget | None:
        """Return what a call is made with, None where something of it is missing, which a finding says.

        Args:
            build: The compilation.
            endpoint: As the spec has it.
            name: What the endpoint is called in a finding.
        """

    def compile(
        self,
        build: Build,
        endpoint: Endpoint,
        target: CallTarget,
        operation: str,
        *,
        shared: Shared,
        shelf: SchemaShelf,
    ) -> CompiledWire:
        """Return the endpoint in the terms of the protocol.

        Args:
            build: The compilation.
            endpoint: As the spec has it.
            target: What `locate` gave.
            operation: The operation's id.
            shared: What all operations have in common.
            shelf: Gives compiled schemas.
        """
