"""A shared limit behind a network that delays, reorders, loses answers and dies, in virtual time."""

from __future__ import annotations

import random

from intertie.adapters.stores.errors import StoreLocked, StoreUnavailable
from intertie.adapters.stores.shared.leases import LeasedLimiter
from intertie.runtime.policies.limiter.commands import SharedLimit, run
from intertie.runtime.policies.limiter.options import LimiterOptions
from intertie.runtime.policies.limiter.state import LimiterState
from support.strands import StrandLock, StrandOffload, Strands, StrandScheduler

AHEAD_S = 37.5
"""Store time is not monotonic time: who mixes them up is found out."""
KEY = "limit"


class ChaosServer:
    """The limit where it is kept: the commands, run on a value in memory.

    Attributes:
        weather: How likely each trouble is, by name: `locked`, `refused`, `lost` (the request), `unheard` (the answer).
        down: From when until when it is dead (monotonic).
    """

    def __init__(self, options: LimiterOptions, clock, strands: Strands, rng: random.Random) -> None:
        self.options, self.clock, self.strands, self.rng = options, clock, strands, rng
        self.shared = SharedLimit(LimiterState(options, lambda: clock.utc_s() - self.now_s()), {}, [])
        self.weather: dict[str, float] = {}
        self.slow_s = 0.002
        self.down: list[tuple[float, float]] = []
        self.exchanges: list[tuple] = []
        self.counts: dict[str, int] = {}

    def now_s(self) -> float:
        return self.clock.monotonic_s() + AHEAD_S

    def is_down(self) -> bool:
        now_s = self.clock.monotonic_s()
        return any(from_s <= now_s < until_s for from_s, until_s in self.down)

    def trouble(self) -> str | None:
        """Draw what becomes of an exchange; None where all goes well."""
        chance = self.rng.random()
        for name, share in self.weather.items():
            chance -= share
            if chance < 0:
                return name
        return None

    def travel(self) -> None:
        """Be under way: mostly for a moment, now and then for long."""
        self.strands.sleep(self.rng.expovariate(1 / self.slow_s) * self.rng.choice([0, 1, 1, 1, 10]))

    def apply(self, commands) -> tuple[list, float]:
        """Run commands, all at one instant."""
        now_s = self.now_s()
        self.shared.tidy(now_s)
        replies = [run({KEY: self.shared}, command, now_s) for command in commands]
        self.exchanges.append((now_s, commands, replies))
        return replies, now_s


class ChaosStore:
    """A `LimitStore` of one process that asks such a server."""

    key = KEY

    def __init__(self, server: ChaosServer, name: str) -> None:
        self._server, self._name = server, name

    def owner(self) -> str:
        return self._name

    def run(self, gather, *, patience_s: float):
        server = self._server
        server.travel()
        trouble = "refused" if server.is_down() else server.trouble()
        server.counts[trouble or "well"] = server.counts.get(trouble or "well", 0) + 1
        if trouble == "locked":
            server.strands.sleep(patience_s)
            raise StoreLocked("others hold it", url="chaos")
        if trouble == "refused":
            raise self._error("is dead")
        commands = gather(server.now_s())
        server.travel()
        if trouble == "lost" or server.is_down():
            raise self._error("lost a request")
        answer = server.apply(commands)
        server.travel()
        if trouble == "unheard" or server.is_down():
            raise self._error("lost an answer")
        return answer

    def _error(self, what: str) -> StoreUnavailable:
        return StoreUnavailable(f"the store {what}", url="chaos")

    def look(self):
        if self._server.is_down():
            raise self._error("is dead")
        return self._server.shared.limit.snapshot(self._server.now_s(), self._server.shared.waiting())

    def set_own(self, plans) -> None:
        """One plan is in force."""

    def in_force(self):
        return (self._server.options,)


def process(server: ChaosServer, name: str, *, store_down: str = "fair_share") -> LeasedLimiter:
    """Return the limiter of one more process on the server's limit."""
    strands, rng = server.strands, server.rng
    limiter = LeasedLimiter(
        name,
        store=ChaosStore(server, name),
        clock=server.clock,
        offset_s=AHEAD_S,
        offload=StrandOffload(strands, lambda: rng.expovariate(1 / server.slow_s)),
        background=StrandScheduler(strands),
        tell_problem=lambda _: None,
        store_down=store_down,
    )
    limiter._exchange = StrandLock(strands)
    limiter._is_at_work = lambda: False  # its work takes virtual time
    return limiter
