"""What the tiny protocol adds to an operation's plan."""

from __future__ import annotations

from collections.abc import Mapping

from intertie.runtime.schemas import CompiledSchema
from intertie.runtime.wires.plan import WirePlan

TAG = "tiny"
KEY_HEADER = "tiny-key"
STREAM = "application/tiny-stream"


class TinyWire(WirePlan, frozen=True, tag=TAG):
    """A question to a topic.

    Attributes:
        question: Schema of the question, None where any object is one.
        follows: The answer comes on a stream in both directions.
    """

    topic: str
    question: CompiledSchema | None
    follows: bool = False

    @property
    def verb(self) -> str:
        """The one word that there is."""
        return "ASK"

    @property
    def title(self) -> str:
        """The topic that is asked."""
        return f"ASK {self.topic}"

    @property
    def described(self) -> Mapping[str, object]:
        """Protocol and topic."""
        return {"protocol": self.protocol, "topic": self.topic}

    @property
    def described_request(self) -> Mapping[str, object]:
        """The frame."""
        return {"body": "a tiny frame", **({} if self.question is None else {"schema": "inline"})}

    @property
    def described_success(self) -> tuple[str, ...]:
        """The frame that is one."""
        return ("OK",)

    @property
    def message(self) -> CompiledSchema | None:
        """The question."""
        return self.question

    @property
    def volatile_headers(self) -> frozenset[str]:
        """The key."""
        return frozenset({KEY_HEADER})
