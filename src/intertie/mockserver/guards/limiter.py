"""The declared limits, kept as the service keeps them, and told in headers on every answer.

Rules are those that the client obeys: each window as declared, the bucket on top where the strategy is `token_bucket`,
and `burst` within a tenth of the shortest window under the two window strategies.
"""

from __future__ import annotations

import math

from msgspec import Struct

from intertie.core.plurals import plural
from intertie.core.rate_windows import WINDOW_OF_LENGTH
from intertie.mockserver.guards.counting import BucketCount, Count, FixedCount, SlidingCount
from intertie.mockserver.guards.gate import Flights, LimitRefusal
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.policies.limiter.options import STAGE, LimiterOptions, Window


class _Bound(Struct, frozen=True):
    name: str
    window: Window
    count: Count
    declared: bool

    @property
    def words(self) -> str:
        """What is broken where the bound refuses."""
        window = self.window
        if self.name == "bucket":
            return f"the bucket of {plural(window.limit, 'request')} is empty; it fills in {window.window_s:g} s"
        return f"more than {plural(window.limit, 'request')} came within {window.window_s:g} s"


class ServiceLimits:
    """All bounds of one plan; taken together or not at all."""

    def __init__(self, options: LimiterOptions) -> None:
        self._options = options
        self._bounds: list[_Bound] = []
        self._flights = Flights()
        self._policy = ""
        self.reset()

    def reset(self) -> None:
        """Forget everything counted."""
        self._flights.clear()
        self._bounds = _bounds(self._options)
        declared = [bound for bound in self._bounds if bound.declared]
        self._policy = ", ".join(f'"{b.name}";q={b.window.limit};w={_whole(b.window.window_s)}' for b in declared)

    def refusal(
        self,
        operation: OperationPlan,  # noqa: ARG002
        now_s: float,
        utc_s: float,
        lag_s: float,
    ) -> LimitRefusal | None:
        """Return which bound has no room, None where all have."""
        for bound in self._bounds:
            if not bound.count.free(now_s, utc_s, lag_s):
                wait_s = max(1, math.ceil(bound.count.renews_in_s(now_s, utc_s) - 1e-9))
                option = "windows" if bound.declared else "burst"
                return LimitRefusal("rate-limited", bound.words, wait_s, STAGE, option)
        concurrent = self._options.concurrent
        if concurrent is not None and self._flights.count(now_s) >= concurrent:
            detail = f"more than {plural(concurrent, 'request')} would be in flight"
            return LimitRefusal("too-many-at-once", detail, 1, STAGE, "concurrent")
        return None

    def count(self, operation: OperationPlan, now_s: float, utc_s: float, lag_s: float) -> None:  # noqa: ARG002
        """Count one arrival in every bound."""
        for bound in self._bounds:
            bound.count.add(now_s, utc_s, lag_s)

    def begin_flight(self, number: int, operation: OperationPlan, until_s: float) -> None:  # noqa: ARG002
        """Count a request in flight, where that is bounded."""
        if self._options.concurrent is not None:
            self._flights.begin(number, until_s)

    def end_flight(self, number: int) -> None:
        """End a flight before its time: its client has gone."""
        self._flights.end(number)

    def headers(self, now_s: float, utc_s: float) -> tuple[tuple[str, str], ...]:
        """Return what an answer tells about the limits; empty where none is declared.

        Seconds to renewal are rounded down, so that a hint never holds a client longer than the limit itself does.

        Source: draft-ietf-httpapi-ratelimit-headers-10; `X-RateLimit-*` are common usage, the reset in UTC seconds.
        """
        if not self._policy:
            return ()
        parts: list[str] = []
        tightest: tuple[float, int, int, float] | None = None
        for bound in self._bounds:
            if not bound.declared:
                continue
            left = max(0, bound.count.left(now_s, utc_s))
            renews_s = max(0.0, bound.count.renews_in_s(now_s, utc_s))
            parts.append(f'"{bound.name}";r={left};t={int(renews_s)}')
            share = left / bound.window.limit if bound.window.limit else 0.0
            if tightest is None or share < tightest[0]:
                tightest = (share, bound.window.limit, left, renews_s)
        _, limit, left, renews_s = tightest or (0.0, 0, 0, 0.0)
        return (
            ("RateLimit-Policy", self._policy),
            ("RateLimit", ", ".join(parts)),
            ("X-RateLimit-Limit", str(limit)),
            ("X-RateLimit-Remaining", str(left)),
            ("X-RateLimit-Reset", str(int(utc_s + renews_s))),
        )

    def snapshot(self, now_s: float, utc_s: float) -> list[dict[str, object]]:
        """Return each bound as it is now, JSON-ready."""
        found: list[dict[str, object]] = [
            {
                "name": bound.name,
                "limit": bound.window.limit,
                "window_s": bound.window.window_s,
                "left": max(0, bound.count.left(now_s, utc_s)),
                "renews_in_s": round(max(0.0, bound.count.renews_in_s(now_s, utc_s)), 3),
            }
            for bound in self._bounds
        ]
        if self._options.concurrent is not None:
            found.append(
                {"name": "concurrent", "limit": self._options.concurrent, "in_flight": self._flights.count(now_s)}
            )
        return found


def gate(plan: Plan) -> ServiceLimits | None:
    """Return the gate of a plan, None where it declares no limits."""
    return None if plan.limits is None else ServiceLimits(plan.limits)


def _bounds(options: LimiterOptions) -> list[_Bound]:
    bounds: list[_Bound] = []
    make = FixedCount if options.strategy == "fixed_window" else SlidingCount
    for window in options.windows:
        count = make(window.window_s, window.limit)
        known = WINDOW_OF_LENGTH.get(window.window_s)
        bounds.append(_Bound(known.word if known else f"{window.window_s:g}s", window, count, declared=True))
    if not options.windows:
        return bounds
    shortest = options.windows[0]
    if options.strategy == "token_bucket":
        burst = shortest.limit if options.burst is None else options.burst
        rate = shortest.limit / shortest.window_s
        bucket = BucketCount(rate, burst)
        bounds.append(_Bound("bucket", Window(burst / rate if rate else 0.0, burst), bucket, declared=False))
    elif options.burst is not None and options.burst < shortest.limit:
        tenth = Window(shortest.window_s / 10, options.burst)
        sliding = SlidingCount(tenth.window_s, tenth.limit)
        bounds.append(_Bound("burst", tenth, sliding, declared=False))
    return bounds


def _whole(seconds: float) -> int:
    return max(1, round(seconds))
