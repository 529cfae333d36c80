"""A shared limit behind a network that delays, reorders, loses answers and dies, in virtual time."""

from __future__ import annotations

import random

from intertie.adapters.stores import InlineOffload
from intertie.adapters.stores.errors import StoreLocked, StoreUnavailable
from intertie.adapters.stores.shared.leases import LeasedLimiter
from intertie.runtime.policies.limiter.commands import SharedLimit, run
from intertie.runtime.policies.limiter.options import LimiterOptions
from intertie.runtime.policies.limiter.state import LimiterState
from support.background_by_hand import BackgroundByHand
from support.strands import StrandLock, StrandOffload, Strands, StrandScheduler

AHEAD_S = 37.5
"""Store time is not monotonic time: who mixes them up is found out."""
KEY = "limit"


class ModelServer:
    """The limit where it is kept: the commands, run on a value in memory.

    Attributes:
        exchanges: What was asked and answered, with the store's time.
    """

    def __init__(self, options: LimiterOptions, clock) -> None:
        self.options, self.clock = options, clock
        self.shared = SharedLimit(LimiterState(options, lambda: clock.utc_s() - self.now_s()), {}, [])
        self.exchanges: list[tuple] = []

    def now_s(self) -> float:
        return self.clock.monotonic_s() + AHEAD_S

    def apply(self, commands) -> tuple[list, float]:
        """Run commands, all at one instant."""
        now_s = self.now_s()
        self.shared.tidy(now_s)
        replies = [run({KEY: self.shared}, command, now_s) for command in commands]
        self.exchanges.append((now_s, commands, replies))
        return replies, now_s

    def free(self) -> int:
        """How many may leave now."""
        self.shared.tidy(self.now_s())
        return self.shared.limit.room(self.now_s())


class ModelStore:
    """A `LimitStore` of one process that reaches its server at once, but for what a test does on the way.

    Attributes:
        asking, answering: Called with what was gathered, and with what was answered; what they raise, `run` raises.
    """

    key = KEY

    def __init__(self, server: ModelServer, name: str) -> None:
        self._server, self._name = server, name
        self.asking = self.answering = lambda _: None

    def owner(self) -> str:
        return self._name

    def run(self, gather, *, patience_s: float):
        commands = gather(self._server.now_s())
        self.asking(commands)
        answer = self._server.apply(commands)
        self.answering(answer)
        return answer

    def look(self):
        return self._server.shared.limit.snapshot(self._server.now_s(), self._server.shared.waiting())

    def set_own(self, plans) -> None:
        self._server.options = plans[-1]

    def in_force(self):
        return (self._server.options,)


def lost(_) -> None:
    """Have an exchange end as one of which nothing is known."""
    raise StoreUnavailable("the store's answer was lost", url="chaos")


def leased(server: ModelServer, name: str = "one", *, store_down: str = "fair_share") -> LeasedLimiter:
    """Return the limiter of one more process, whose callers block, and whose background is run by hand."""
    return LeasedLimiter(
        name,
        store=ModelStore(server, name),
        clock=server.clock,
        offset_s=AHEAD_S,
        offload=InlineOffload(),
        background=BackgroundByHand(),
        tell_problem=lambda _: None,
        store_down=store_down,
    )


class ChaosServer(ModelServer):
    """A server behind bad weather.

    Attributes:
        weather: How likely each trouble is, by name: `locked`, `refused`, `lost` (the request), `unheard` (the answer).
        down: From when until when it is dead (monotonic).
    """

    def __init__(self, options: LimiterOptions, clock, strands: Strands, rng: random.Random) -> None:
        super().__init__(options, clock)
        self.strands, self.rng = strands, rng
        self.weather: dict[str, float] = {}
        self.slow_s = 0.002
        self.down: list[tuple[float, float]] = []
        self.counts: dict[str, int] = {}

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


class ChaosStore(ModelStore):
    """A `LimitStore` of one process that asks such a server."""

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
        return super().look()


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
