"""The durations of a spec, with what a bare number in them can hardly mean."""

from __future__ import annotations

from collections.abc import Iterator

from intertie.spec.fields import Located
from intertie.spec.model import Spec

_SHORTEST_TIMEOUT_S = 0.05
_SHORTEST_WAIT_S = 0.01
_SHORTEST_TARGET_S = 0.003
_LONGEST_PAUSE_S = 1000.0


def durations(spec: Spec) -> Iterator[tuple[Located[float], float | None, float | None]]:
    """Yield (duration, least, most): a bare number below `least` or from `most` on was meant in another unit."""
    if spec.timeouts:
        written = (spec.timeouts.connect, spec.timeouts.read, spec.timeouts.write, spec.timeouts.total)
        yield from ((each, _SHORTEST_TIMEOUT_S, None) for each in written if each)
    if spec.retry:
        yield from ((each, _SHORTEST_WAIT_S, None) for each in (spec.retry.initial_delay, spec.retry.max_delay) if each)
    pauses = [
        spec.circuit_breaker.timeout if spec.circuit_breaker else None,
        spec.throttling.retry_after if spec.throttling else None,
        spec.throttling.max_wait if spec.throttling else None,
    ]
    yield from ((each, None, _LONGEST_PAUSE_S) for each in pauses if each)
    for endpoint in spec.endpoints:
        targets = endpoint.performance
        for each in (targets.p50, targets.p95, targets.p99) if targets else ():
            if each:
                yield each, _SHORTEST_TARGET_S, None
