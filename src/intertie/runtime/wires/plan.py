"""What a protocol adds to an operation's plan: the base of one tagged struct for each protocol."""

from __future__ import annotations

from msgspec import Struct


class WirePlan(Struct, frozen=True, tag_field="protocol"):
    """Where a call goes, how it is written, and what an answer is, in the terms of one protocol."""

    @property
    def protocol(self) -> str:
        """The tag of the protocol, such as `rest`."""
        return str(self.__struct_config__.tag)
