"""The tiny protocol as its service speaks it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from intertie.mockserver.generation import Sampler
from intertie.mockserver.guards.version import VersionRule
from intertie.mockserver.messages import Answer, MockRequest
from intertie.mockserver.profiles import ForcedAnswer
from intertie.runtime.plan import OperationPlan, Plan
from support.tiny_protocol.plan import KEY_HEADER, STREAM, TAG, TinyWire
from support.tiny_protocol.running import WAIT_HEADER

_CODES = {401: "denied", 403: "denied", 429: "busy"}
_PIECES = 3


class TinyService:
    """The protocol."""

    tag = TAG

    def mock(self, plan: Plan, *, versions: VersionRule, seed: int | str, recent_s: float) -> TinyMock:
        """Return the topics of a plan."""
        del versions
        return TinyMock(plan, seed, recent_s)


class TinyAsked:
    """A topic that a frame names."""

    query: Mapping[str, list[str]] = {}
    version: str | None = None

    def __init__(self, operation: OperationPlan, seed: int | str, recent_s: float) -> None:
        self.operation = operation
        self._seed = seed
        schema = operation.result.schema
        self._sampler = Sampler(schema, recent_s=recent_s) if schema is not None else None

    def read(self, request: MockRequest) -> object | Answer:
        """Return the question."""
        try:
            return json.loads(request.body.partition(b"\n")[2])
        except ValueError:
            return _no("malformed", "the frame holds no JSON")

    def check(
        self, request: MockRequest, message: object | Answer, *, credential_field: str | None
    ) -> tuple[object, Answer | None]:
        """Return the refusal of a question that breaks its schema."""
        del request, credential_field
        if isinstance(message, Answer):
            return None, message
        wire = self.operation.wire
        assert isinstance(wire, TinyWire)
        if wire.question is not None and not wire.question.is_valid(message):
            return message, _no("invalid", "the question breaks its schema")
        return message, None

    def idempotency_key(self, request: MockRequest) -> str | None:
        """Return the key."""
        return request.headers.get(KEY_HEADER)

    def answer(self, request: MockRequest, message: object, utc_s: float) -> Answer:
        """Return what the schema allows, laid over by what was asked with."""
        del request, utc_s
        if self.operation.streaming is not None:
            lines = (json.dumps(self._made(f"{message}:{number}")) for number in range(_PIECES))
            return Answer(200, (("Content-Type", STREAM),), "".join(f"{line}\n" for line in lines).encode())
        made = self._made(str(message))
        if isinstance(made, dict) and isinstance(message, dict):
            made |= {name: value for name, value in message.items() if name in made}
        return _ok(made)

    def _made(self, key: str) -> object:
        return None if self._sampler is None else self._sampler.sample(f"{self._seed}:{self.operation.id}:{key}")


class TinyMock:
    """The topics of one plan."""

    def __init__(self, plan: Plan, seed: int | str, recent_s: float) -> None:
        wires = ((operation, operation.wire) for operation in plan.operations.values())
        self._topics = {
            wire.topic: TinyAsked(operation, seed, recent_s) for operation, wire in wires if isinstance(wire, TinyWire)
        }
        self._target = f"{plan.origin.base_path}/tiny"

    def find(self, request: MockRequest) -> TinyAsked | Answer:
        """Return the topic that a frame names."""
        head = request.body.partition(b"\n")[0].decode("utf-8", "replace")
        found = self._topics.get(head.removeprefix("TINY ")) if request.target == self._target else None
        return found or _no("unknown", f"no topic of this name: {head[:40]}")

    def error(self, operation: OperationPlan, status: int, *, code: str | None = None, rule: str = "forced") -> Answer:
        """Return a `NO` frame."""
        del operation, rule
        return _no(
            code or _CODES.get(status, "broken" if status >= 500 else "invalid"), f"the mock's profile: {status}"
        )

    def refusal(self, answer: Answer) -> Answer:
        """Return a refusal of the mock as a frame."""
        waits = [(WAIT_HEADER, value) for name, value in answer.headers if name == WAIT_HEADER]
        made = _no(_CODES.get(answer.status, "invalid"), answer.reason or "")
        return Answer(made.status, (*made.headers, *waits), made.body, answer.reason)

    def forced(self, forced: ForcedAnswer, operation: OperationPlan) -> Answer:
        """Return the given body, or the status as a frame."""
        if forced.has_body:
            return _ok(forced.body)
        return self.error(operation, forced.status or 500, code=forced.code)

    def retry_header(self, operation: OperationPlan) -> str:
        """Return the header beside `NO busy`."""
        del operation
        return WAIT_HEADER

    def key_reused_status(self, operation: OperationPlan) -> int:
        """Return the status that `refusal` makes `NO invalid` of."""
        del operation
        return 409

    def reset(self) -> None:
        """Forget nothing: nothing is stored."""

    def counts(self) -> dict[str, int]:
        """Return nothing."""
        return {}


def _ok(data: object) -> Answer:
    return Answer(200, (), b"OK\n" + json.dumps(data).encode())


def _no(code: str, words: str) -> Answer:
    return Answer(200, (), f"NO {code}\n{words}".encode(), words)
