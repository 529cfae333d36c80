"""Stores for tests: both backends behind one maker, on virtual time."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from intertie.adapters.stores import InlineOffload, open_coordination, open_journal
from intertie.core.rng import SystemRng
from intertie.runtime.policies.budget.options import PriceTier, PricingOptions
from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.runtime.state import Permit
from intertie.runtime.state_key import StateKey
from intertie.runtime.stepping import run_blocking
from intertie.testing.virtual_time import VirtualClock

BACKENDS = ("memory", "sqlite")
KEY = StateKey("INT-001", "production")
OTHERS = (
    StateKey("INT-002", "production"),
    StateKey("INT-001", "sandbox"),
    StateKey("INT-001", "production", "http://127.0.0.1:8420"),
    StateKey("INT-001", "production", "", "tenant"),
)
"""Each differs from `KEY` in one field."""


class StoreKit:
    """Opens stores of one backend on one clock and one folder, and closes them all at the end."""

    def __init__(self, backend: str, root: Path) -> None:
        self.backend = backend
        self.root = root
        self.clock = VirtualClock()
        self.url = "memory://" if backend == "memory" else "sqlite:///state/state.db"
        self._opened: list = []

    def coordination(self, **options):
        opened = open_coordination(
            self.url, clock=self.clock, rng=SystemRng(), offload=InlineOffload(), root=self.root, **options
        )
        self._opened.append(opened)
        return opened

    def journal(self, **options):
        opened = open_journal(
            self.url, clock=self.clock, rng=SystemRng(), offload=InlineOffload(), root=self.root, **options
        )
        self._opened.append(opened)
        return opened

    def close(self) -> None:
        for opened in self._opened:
            opened.close()


def per_second(limit: int, strategy: str = "sliding_window", **options) -> LimiterOptions:
    """A limit that holds exactly as declared: what a margin adds is a matter of its own tests."""
    return LimiterOptions((Window(1.0, limit),), strategy, **{"margin_s": 0.0, **options})


def acquired(limiter, kit: StoreKit, wait_s: float = 60.0):
    """Ask for a turn, and let the request depart at once where there is one."""
    answer = run_blocking(limiter.acquire(deadline_s=kit.clock.monotonic_s() + wait_s))
    return sent(answer)


def sent(answer):
    """Let the request of a permit depart now; a refusal stays what it is."""
    if isinstance(answer, Permit):
        answer.departing()
        answer.departed()
    return answer


def flat_price(cost: str = "0.01", **options) -> PricingOptions:
    return PricingOptions("per_request", "EUR", (PriceTier("all", None, Decimal(cost)),), **options)


def most_within(stamps: list[float], window_s: float) -> int:
    """The most stamps in any span (t - window_s, t], by brute force with two fingers."""
    ordered = sorted(stamps)
    most, first = 0, 0
    for last, stamp_s in enumerate(ordered):
        while ordered[first] <= stamp_s - window_s + 1e-9:
            first += 1
        most = max(most, last - first + 1)
    return most


def most_aligned(stamps: list[float], window_s: float) -> int:
    """The most stamps in any window aligned to multiples of `window_s`; the stamps are UTC seconds."""
    counts: dict[int, int] = {}
    for stamp_s in stamps:
        index = int((stamp_s + 1e-6) // window_s)
        counts[index] = counts.get(index, 0) + 1
    return max(counts.values(), default=0)
