"""How long an answer takes: drawn so that the declared percentiles come out.

The inverse distribution runs through the declared points, straight lines on a logarithmic scale between them. Draws are
stratified: each hundred of them holds one of every percent, so that a hundred calls already meet the targets.
"""

from __future__ import annotations

import math
from bisect import bisect_right

from intertie.core.rng import Rng
from intertie.runtime.plan import Targets

_AIM = 0.99
"""Targets are upper bounds (`p99 < 500`): the mock stays this little below."""
_SHORTEST = 0.4
"""The quickest answer, as a share of the median."""
_STRATA = 100


class LatencyCurve:
    """Latency by share of answers.

    Args:
        targets: Seconds. Missing ones are supposed: p95 three times, p99 six times the median; none means no delay.

    >>> LatencyCurve(Targets(p50_s=0.1, p95_s=0.3, p99_s=0.6)).at(0.5)
    0.099
    """

    def __init__(self, targets: Targets) -> None:
        points = _points(targets)
        self._shares = [share for share, _ in points]
        self._logs = [math.log(seconds) for _, seconds in points]

    @property
    def instant(self) -> bool:
        """Whether no target is declared."""
        return not self._shares

    def at(self, share: float) -> float:
        """Return the latency that this share (0..1) of answers stays below, in seconds."""
        if self.instant:
            return 0.0
        right = min(max(bisect_right(self._shares, share), 1), len(self._shares) - 1)
        left = right - 1
        part = (share - self._shares[left]) / (self._shares[right] - self._shares[left])
        return round(math.exp(self._logs[left] + part * (self._logs[right] - self._logs[left])), 9)


def _points(targets: Targets) -> list[tuple[float, float]]:
    p50, p95, p99 = targets.p50_s, targets.p95_s, targets.p99_s
    if not any(value for value in (p50, p95, p99)):
        return []
    if not p50:
        p50 = p95 / 3 if p95 else (p99 or 0.0) / 6
    p95 = max(p95 or min(p50 * 3, p99 or math.inf), p50)
    p99 = max(p99 or max(p50 * 6, p95), p95)
    # Beyond p99 the curve goes on for a little: 1.2 times, at most the step from p95.
    longest = p99 * min(1.2, max(p99 / p95, 1.05))
    return [
        (share, seconds * _AIM)
        for share, seconds in ((0.0, p50 * _SHORTEST), (0.5, p50), (0.95, p95), (0.99, p99), (1.0, longest))
    ]


class LatencyDraws:
    """Draws from one curve."""

    def __init__(self, curve: LatencyCurve, rng: Rng) -> None:
        self._curve = curve
        self._rng = rng
        self._strata: list[int] = []

    def next_s(self) -> float:
        """Return the next answer's latency in seconds."""
        if self._curve.instant:
            return 0.0
        if not self._strata:
            self._strata = self._shuffled()
        return self._curve.at((self._strata.pop() + self._rng.random()) / _STRATA)

    def _shuffled(self) -> list[int]:
        strata = list(range(_STRATA))
        for last in range(_STRATA - 1, 0, -1):
            other = int(self._rng.random() * (last + 1))
            strata[last], strata[other] = strata[other], strata[last]
        return strata
