"""What the profile does to a request: decided by seeded draws, so that the same requests meet the same faults."""

from __future__ import annotations

import msgspec

from intertie.core.rng import SeededRng
from intertie.mockserver.messages import Answer, Fault, FaultKind
from intertie.mockserver.profiles import Behaviour, ForcedAnswer, Profile
from intertie.mockserver.wires.contract import MockWire
from intertie.runtime.plan import OperationPlan

_NOWHERE = "*"


FAULT_WORDS = {
    FaultKind.DISCONNECT_BEFORE_HEADERS: "cuts the connection before the answer",
    FaultKind.DISCONNECT_AFTER_HEADERS: "cuts the connection after the headers",
    FaultKind.DISCONNECT_MID_BODY: "cuts the connection in the middle of the body",
    FaultKind.SLOW_BODY: "lets the body trickle",
    FaultKind.HANG: "never answers",
}
"""What a profile does to an answer on the wire."""


class ProfileState:
    """A profile in use: how far its forced answers are consumed, when it was chosen, and its draws.

    Args:
        profile: What to do.
        seed: Of the mock.
        since_s: Monotonic instant at which it was chosen.
    """

    def __init__(self, profile: Profile, seed: int | str, since_s: float) -> None:
        self.profile = profile
        self._since_s = since_s
        self._rng = SeededRng(f"{seed}:faults:{profile.name}")
        self._used: dict[str, int] = {}
        self._errors = 0
        self.quiet = profile.behaviour.plain and not profile.operations

    def said(self, what: str = "answers so") -> str:
        """Return a sentence about what the profile does."""
        return f"profile {self.profile.name} {what}"

    def forced(self, operation: str) -> ForcedAnswer | None:
        """Return and use up the next forced answer, None where there is none left."""
        own = self.profile.operations.get(operation)
        key, behaviour = (operation, own) if own is not None and own.responses else (_NOWHERE, self.profile.behaviour)
        used = self._used.get(key, 0)
        if used >= len(behaviour.responses):
            return None
        self._used[key] = used + 1
        return behaviour.responses[used]

    def left(self) -> int:
        """Return how many forced answers are left."""
        listed = len(self.profile.behaviour.responses) + sum(len(b.responses) for b in self.profile.operations.values())
        return listed - sum(self._used.values())

    def error_status(self, behaviour: Behaviour, now_s: float) -> int | None:
        """Return the status of an error that is due, None where none is."""
        since_s = now_s - self._since_s
        due = behaviour.outage is not None and behaviour.outage[0] <= since_s < behaviour.outage[1]
        if not due and not self.happens(behaviour.error_share):
            return None
        self._errors += 1
        return behaviour.error_statuses[(self._errors - 1) % len(behaviour.error_statuses)]

    def happens(self, share: float) -> bool:
        """Return True in that share of draws; draws only where it is in doubt."""
        return share > 0 and (share >= 1 or self._rng.random() < share)

    def wire_fault(self, behaviour: Behaviour) -> Fault | None:
        """Return what goes wrong on the wire, None where nothing does."""
        if self.happens(behaviour.hang_share):
            return Fault(FaultKind.HANG)
        if behaviour.disconnect is not None and self.happens(behaviour.disconnect_share):
            return Fault(behaviour.disconnect)
        if behaviour.slow_bytes_per_second is not None:
            return Fault(FaultKind.SLOW_BODY, behaviour.slow_bytes_per_second)
        return None


def throttled(operation: OperationPlan, wire: MockWire, kind: str, *, retry_after_s: int) -> Answer:
    """Return a throttled answer: a 429, or the same disguised as a success."""
    headers = ((wire.retry_header(operation), str(retry_after_s)),)
    if kind == "disguised":
        body = {"error": {"code": "rate_limit_exceeded", "message": "Too many requests"}}
        return Answer(200, (("Content-Type", "application/json"), *headers), msgspec.json.encode(body))
    answer = wire.error(operation, 429, rule="rate-limited")
    return Answer(answer.status, (*answer.headers, *headers), answer.body)


def malformed(body: bytes) -> bytes:
    r"""Return the body cut so that no reader of documents accepts it.

    >>> malformed(b'{"id": 1}')
    b'{"id"\x00'
    """
    return body[: len(body) // 2 + 1] + b"\x00"
