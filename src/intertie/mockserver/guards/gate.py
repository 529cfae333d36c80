"""What a gate is: a guard of the service's own that judges a request as it arrives."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from intertie.runtime.plan import OperationPlan


class LimitRefusal(Struct, frozen=True):
    """Why a request is refused.

    Attributes:
        rule: A name of `problems.RULES`.
        stage, option: The stage and its option that say so.
    """

    rule: str
    detail: str
    retry_after_s: int
    stage: str
    option: str


class Gate(Protocol):
    """Judges arrivals. All gates are asked before any counts one, so that a refused request counts nowhere.

    Times are seconds: `now_s` monotonic, `utc_s` since 1970. `lag_s` is for how long the request may have been waiting
    for the server. The engine holds its lock around each call.
    """

    def refusal(self, operation: OperationPlan, now_s: float, utc_s: float, lag_s: float) -> LimitRefusal | None:
        """Return why a request that is seen now is refused, None where it may come in."""

    def count(self, operation: OperationPlan, now_s: float, utc_s: float, lag_s: float) -> None:
        """Count a request that came in."""

    def begin_flight(self, number: int, operation: OperationPlan, until_s: float) -> None:
        """Count a request as in flight until `until_s` (monotonic), or until its flight is ended."""

    def end_flight(self, number: int) -> None:
        """End a flight before its time: its client has gone."""

    def headers(self, now_s: float, utc_s: float) -> tuple[tuple[str, str], ...]:
        """Return what each answer says of it."""

    def reset(self) -> None:
        """Forget everything counted."""

    def snapshot(self, now_s: float, utc_s: float) -> list[dict[str, object]]:
        """Return what it counts now, JSON-ready, each with a `name`."""


class Flights:
    """Requests in flight, by number: each until an instant, or until it is ended."""

    def __init__(self) -> None:
        self._until_s: dict[int, float] = {}

    def begin(self, number: int, until_s: float) -> None:
        """Count one until `until_s` (monotonic)."""
        self._until_s[number] = until_s

    def end(self, number: int) -> None:
        """End one before its time; nothing where it has ended."""
        self._until_s.pop(number, None)

    def clear(self) -> None:
        """Forget all."""
        self._until_s.clear()

    def count(self, now_s: float) -> int:
        """Return how many are in flight now."""
        ended = [number for number, until_s in self._until_s.items() if until_s <= now_s + 1e-6]
        for number in ended:
            del self._until_s[number]
        return len(self._until_s)
