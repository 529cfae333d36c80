"""What a mock does besides what the spec says: forced answers, faults, slowness.

| profile | what it does |
|---|---|
| `healthy` | what the spec says |
| `flaky` | one answer in five is a 503 |
| `down` | every answer is a 503 |
| `outage` | healthy, but 503 from 5 s to 35 s after the profile was chosen |
| `slow` | latencies are five times the targets |
| `hanging` | one request in ten is never answered |
| `throttling` | every answer is a 429 with the declared header |
| `throttling_disguised` | throttled with status 200 and an error in the body |
| `disconnects` | one connection in five is reset before the answer, after the request took effect |
| `cut_off` | one answer in five breaks off in the middle of its body |
| `malformed` | one answer in five is no valid document |
| `trickling` | bodies come at 200 bytes a second |
| `expired_credential` | every answer is a 401 |
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from intertie.mockserver.messages import FaultKind


class ForcedAnswer(Struct, frozen=True):
    """One answer that the profile asks for, used once.

    Attributes:
        status: HTTP status, None for a success as it would be.
        body: Data or text; `has_body` tells it from none.
        delay_s: Instead of the drawn latency.
        code: The provider's own error code, put where the plan reads it.
        fault: Fault of the wire.
    """

    status: int | None = None
    body: object = None
    has_body: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    delay_s: float | None = None
    code: str | None = None
    fault: FaultKind | None = None


class Behaviour(Struct, frozen=True):
    """Faults of all operations, or of one. Shares are ratios of requests.

    Attributes:
        responses: Used in order, one a request, before everything else here.
        error_share, error_statuses: How often an error is answered, and which ones in turn.
        outage: Seconds (from, to) after the profile was chosen in which every answer is an error.
        latency_factor: On drawn latencies.
        disconnect: Where the connection breaks, with its share.
        malformed_share: Bodies cut so that they are no valid document.
        slow_bytes_per_second: Speed of bodies, None where they come at once.
        hang_share: Requests that are never answered.
        throttle: `plain` (429) or `disguised` (200 with an error), with its share.
    """

    responses: tuple[ForcedAnswer, ...] = ()
    error_share: float = 0.0
    error_statuses: tuple[int, ...] = (503,)
    outage: tuple[float, float] | None = None
    latency_factor: float = 1.0
    disconnect: FaultKind | None = None
    disconnect_share: float = 1.0
    malformed_share: float = 0.0
    slow_bytes_per_second: float | None = None
    hang_share: float = 0.0
    throttle: str | None = None
    throttle_share: float = 1.0

    @property
    def plain(self) -> bool:
        """Whether nothing goes wrong."""
        return self == _PLAIN


_PLAIN = Behaviour()


class Profile(Struct, frozen=True):
    """A named behaviour, with exceptions by operation. `credential` is a secret's reference, None where any passes."""

    name: str
    behaviour: Behaviour = field(default_factory=Behaviour)
    operations: Mapping[str, Behaviour] = field(default_factory=dict)
    credential: str | None = None

    def of(self, operation: str) -> Behaviour:
        """Return what holds for an operation."""
        return self.operations.get(operation, self.behaviour)


HEALTHY = Profile("healthy")

BUILT_IN: Mapping[str, Profile] = {
    profile.name: profile
    for profile in (
        HEALTHY,
        Profile("flaky", Behaviour(error_share=0.2)),
        Profile("down", Behaviour(error_share=1.0)),
        Profile("outage", Behaviour(outage=(5.0, 35.0))),
        Profile("slow", Behaviour(latency_factor=5.0)),
        Profile("hanging", Behaviour(hang_share=0.1)),
        Profile("throttling", Behaviour(throttle="plain")),
        Profile("throttling_disguised", Behaviour(throttle="disguised")),
        Profile("disconnects", Behaviour(disconnect=FaultKind.DISCONNECT_BEFORE_HEADERS, disconnect_share=0.2)),
        Profile("cut_off", Behaviour(disconnect=FaultKind.DISCONNECT_MID_BODY, disconnect_share=0.2)),
        Profile("malformed", Behaviour(malformed_share=0.2)),
        Profile("trickling", Behaviour(slow_bytes_per_second=200.0)),
        Profile("expired_credential", Behaviour(error_share=1.0, error_statuses=(401,))),
    )
}
"""Built-in profiles by name."""
