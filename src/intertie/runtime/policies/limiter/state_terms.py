"""What plans of a limit come to: their bounds, as data, and the strictest of each number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import inf
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.runtime.policies.limiter.state_pacing import TokenBucket
from intertie.runtime.policies.limiter.state_windows import FixedWindow, Rule, SlidingWindow


class Bound(msgspec.Struct, frozen=True, order=True):
    """One bound of a limit, as data: at most `limit` per `per_s`, kept by a rule of this `kind`.

    `shapes` tells a bound on bursts from a declared window. A rule keeps a bound for `margin_s` longer than declared,
    since a service sees departures on its own clock, at the end of a network that hurries some and delays others.
    """

    kind: str
    per_s: float
    shapes: bool
    limit: int
    margin_s: float = 0.0


def bounds_of(options: LimiterOptions) -> list[Bound]:
    """Return the bounds of one plan.

    A token bucket alone lets `burst + limit` go within one window after a pause. A declared limit is what the service
    enforces, so each declared window holds as a sliding window too, and the bucket only shapes what passes within it.
    """
    if not options.windows:
        return []
    shortest = options.windows[0]
    kind = "fixed" if options.strategy == "fixed_window" else "sliding"
    margin_s = options.margin_s
    bounds = [Bound(kind, window.window_s, False, window.limit, margin_s) for window in options.windows]
    if options.strategy == "token_bucket":
        burst, rate = shortest.limit if options.burst is None else options.burst, max(1, shortest.limit)
        bounds.append(Bound("bucket", shortest.window_s / rate, True, burst, margin_s / rate))
    elif options.burst is not None and options.burst < shortest.limit:
        bounds.append(Bound("sliding", shortest.window_s / 10, True, options.burst))
    return bounds


def strictest_bounds(plans: Sequence[LimiterOptions]) -> list[Bound]:
    """Return the bounds that hold every plan at once: all of them, and of two of a kind and length the lower.

    The larger of their margins holds.

    >>> from intertie.runtime.policies.limiter.options import Window
    >>> plans = LimiterOptions((Window(1.0, 5), Window(60.0, 90))), LimiterOptions((Window(1.0, 9),))
    >>> [(bound.per_s, bound.limit) for bound in strictest_bounds(plans)]
    [(1.0, 5), (60.0, 90)]
    """
    lowest: dict[tuple[str, float, bool], Bound] = {}
    for bound in (bound for options in plans for bound in bounds_of(options)):
        known = lowest.setdefault((bound.kind, bound.per_s, bound.shapes), bound)
        limit, margin_s = min(bound.limit, known.limit), max(bound.margin_s, known.margin_s)
        lowest[bound.kind, bound.per_s, bound.shapes] = replace(known, limit=limit, margin_s=margin_s)
    # Declared windows first, shortest first: as a snapshot shows them.
    return sorted(lowest.values(), key=lambda bound: (bound.shapes, bound.per_s, bound.kind))


def rule_of(bound: Bound, utc_minus_clock_s: Callable[[], float]) -> Rule:
    """Return the rule that keeps a bound."""
    if bound.kind == "fixed":
        return FixedWindow(bound.per_s, bound.limit, utc_minus_clock_s, bound.margin_s)
    if bound.kind == "bucket":
        return TokenBucket(bound.per_s + bound.margin_s, bound.limit)
    return SlidingWindow(bound.per_s + bound.margin_s, bound.limit)


class Terms(NamedTuple):
    """What plans come to that hold at once."""

    bounds: tuple[Bound, ...]
    places: float
    retry_after_s: float
    backoff_multiplier: float
    max_pause_s: float
    slowest: Window | None
    """The slowest of the plans' shortest windows, at whose pace waiters leave after a pause."""


@lru_cache(maxsize=256)
def terms_of(plans: tuple[LimiterOptions, ...]) -> Terms:
    """Return what plans come to that hold at once: every bound of every plan, and the strictest of each number."""
    shortest = [plan.windows[0] for plan in plans if plan.windows]
    return Terms(
        bounds=tuple(strictest_bounds(plans)),
        places=min((plan.concurrent for plan in plans if plan.concurrent is not None), default=inf),
        retry_after_s=max(plan.retry_after_s for plan in plans),
        backoff_multiplier=max(plan.backoff_multiplier for plan in plans),
        max_pause_s=max(plan.max_pause_s for plan in plans),
        slowest=max(shortest, key=lambda window: window.window_s / max(1, window.limit), default=None),
    )
