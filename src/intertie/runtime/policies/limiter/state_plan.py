"""When those in line will have their turns."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from intertie.runtime.policies.limiter.state_windows import Rule


def after_all(rules: Sequence[Rule], t: float) -> float:
    """Return the first instant at or after `t` at which all rules let one more go."""
    # Each rule may push past what another allowed, so ask until none does.
    while True:
        latest_s = max((rule.earliest_s(t) for rule in rules), default=t)
        if latest_s <= t:
            return t
        if latest_s == inf:
            return inf
        t = latest_s


class Plan:
    """The rules as they will stand once all in line have gone at their turns."""

    __slots__ = ("_last_s", "_next_s", "_rules")

    def __init__(self, rules: list[Rule], paused_until_s: float) -> None:
        self._rules = rules
        self._last_s = paused_until_s
        self._next_s: float | None = None

    def peek(self, now_s: float) -> float:
        """Return the next turn."""
        if self._next_s is None or self._next_s < now_s:
            self._next_s = after_all(self._rules, max(now_s, self._last_s))
        return self._next_s

    def take(self, now_s: float) -> float:
        """Return the next turn, and go on from there: somebody has it."""
        turn_s = self.peek(now_s)
        if turn_s < inf:
            for rule in self._rules:
                rule.add(turn_s)
        self._last_s = max(self._last_s, turn_s)
        self._next_s = None
        return turn_s
