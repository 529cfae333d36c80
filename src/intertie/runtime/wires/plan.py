"""What a protocol adds to an operation's plan: the base of one tagged struct for each protocol."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from intertie.runtime.schemas import CompiledSchema


class WirePlan(Struct, frozen=True, gc=False, tag_field="protocol"):
    """Where a call goes, how it is written, and what an answer is, in the terms of one protocol.

    The fields are the protocol's own. The properties answer what the rest of the house asks of every protocol.
    """

    @property
    def protocol(self) -> str:
        """The tag of the protocol, such as `rest`."""
        return str(self.__struct_config__.tag)

    @property
    def verb(self) -> str:
        """What kind of call it is, in a word for people: the method in REST."""
        return self.protocol

    @property
    def title(self) -> str:
        """What is called, on one line for people: `POST /v1/charges` in REST."""
        return self.verb

    @property
    def described(self) -> Mapping[str, object]:
        """The members that it has in the plan's JSON, JSON-ready."""
        return {"protocol": self.protocol}

    @property
    def described_request(self) -> Mapping[str, object]:
        """What the plan says of the request: `parameters`, `body` and `schema`, those that there are."""
        return {}

    @property
    def described_success(self) -> tuple[str, ...]:
        """What counts as a success, for people."""
        return ()

    @property
    def message(self) -> CompiledSchema | None:
        """Schema of the object that outbound rows fill (the body in REST), None where the spec says nothing."""
        return None

    @property
    def slots(self) -> Mapping[str, CompiledSchema]:
        """Named values beside the message, with their schemas: the parameters in REST."""
        return {}

    @property
    def patterns(self) -> Mapping[str, str]:
        """Name -> pattern of what is filled in from around a call, such as a header with `{env:NAME}` or `{uuid}`."""
        return {}

    @property
    def volatile_headers(self) -> frozenset[str]:
        """Lower-case names of request headers that differ on every call, and so are no part of what was asked."""
        return frozenset()
