"""Success answers of one operation: what its example shows, else what its schema allows, echoing what was sent."""

from __future__ import annotations

from collections.abc import Mapping

from intertie.core.media_types import concrete
from intertie.mockserver.generation import Sampler
from intertie.mockserver.messages import Answer
from intertie.mockserver.wires.rest.bodies import encode
from intertie.mockserver.wires.rest.echo import Echo, copied
from intertie.runtime.plan import OperationPlan
from intertie.runtime.schemas import CompiledSchema
from intertie.runtime.wires.rest.plan import STREAM_TYPES, rest_wire

_NO_BODY = frozenset({204, 205, 304})
_STREAMED = 3


class SuccessAnswers:
    """Makes the success answers of one operation.

    Args:
        operation: Its plan.
        seed: Of the mock.
        recent_s: UTC seconds that generated dates lie shortly before.
    """

    def __init__(self, operation: OperationPlan, *, seed: int | str, recent_s: float) -> None:
        self.operation = operation
        self.schema = operation.result.schema or CompiledSchema(True)
        self.echo = Echo(self.schema)
        self.status = success_status(operation)
        self._seed = seed
        self._sampler = Sampler(self.schema, recent_s=recent_s) if operation.result.schema else None
        content_type = concrete(rest_wire(operation).response.content_type, rest_wire(operation).response.codec)
        self._headers = (("Content-Type", STREAM_TYPES.get(operation.streaming or "", content_type)),)

    @property
    def has_body(self) -> bool:
        """Whether the answer has a body at all."""
        return self._sampler is not None or self.operation.result.example is not None

    def data(self, key: str) -> object:
        """Return the data of an answer; the same for the same key. The declared example comes first.

        Raises:
            Unsatisfiable: Nothing can be made from the schema.
        """
        example = self.operation.result.example
        if example is not None:
            return copied(example)
        return self._sampler.sample(f"{self._seed}:{self.operation.id}:{key}") if self._sampler else None

    def made(self, key: str, given: Mapping[str, object]) -> Answer:
        """Return a whole answer that no stored thing stands behind; `given` are the request's values to echo.

        Raises:
            Unsatisfiable: Nothing can be made from the schema.
        """
        if self.operation.streaming is not None:
            return self._streamed(key)
        data = self.data(key)
        if isinstance(data, Mapping) and self.operation.result.example is None:
            data = self.echo.laid_over(data, given)
        return self.answer(data)

    def answer(self, data: object, *, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
        """Return the answer that holds `data`."""
        if self.status in _NO_BODY or (data is None and not self.has_body):
            return Answer(self.status, headers)
        return self.encoded(encode(rest_wire(self.operation).response.codec, data), headers=headers)

    def encoded(self, body: bytes, *, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
        """Return the answer whose body is already encoded."""
        return Answer(self.status, (*self._headers, *headers), body)

    def _streamed(self, key: str) -> Answer:
        parts = [self.data(f"{key}:{number}") for number in range(_STREAMED)]
        encoded = [encode("json", part) for part in parts if part is not None]
        before, after = (b"data: ", b"\n\n") if self.operation.streaming == "sse" else (b"", b"\n")
        return self.encoded(b"".join(before + part + after for part in encoded))


def success_status(operation: OperationPlan) -> int:
    """Return the status of success: the first declared one; 200 for a class or where none is declared."""
    for text in rest_wire(operation).response.statuses.written:
        if text.isdigit():
            return int(text)
    return 200
