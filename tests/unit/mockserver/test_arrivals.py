"""Since when what a server reads may have been waiting, with loops whose rounds are known."""

import asyncio
import random

from intertie.mockserver.arrivals import TICK_S, Arrivals
from intertie.testing import VirtualClock, run_virtual


def test_an_idle_loop_knows_arrivals_to_two_ticks():
    """Whenever it is asked, the answer lies one to two ticks back."""
    clock = VirtualClock()
    arrivals = Arrivals(clock.monotonic_s)

    async def idle():
        arrivals.start(asyncio.get_running_loop())
        for number in range(1, 200):
            await clock.sleep_until(1000.0 + number * 0.0031)
            if number > 5:
                assert TICK_S - 1e-6 <= clock.now_s - arrivals.since_s <= 2 * TICK_S + 1e-6
        arrivals.stop()
        ticked_s = arrivals.since_s
        await clock.sleep_until(clock.now_s + 1.0)
        assert arrivals.since_s == ticked_s

    run_virtual(idle(), clock)


def test_nothing_has_come_before_the_server_listened():
    """What is read right after the start came after it."""
    clock = VirtualClock()
    arrivals = Arrivals(clock.monotonic_s)
    clock.advance(100.0)

    async def start():
        arrivals.start(asyncio.get_running_loop())
        assert arrivals.since_s == arrivals.accepted_since_s == 1100.0
        arrivals.stop()

    run_virtual(start(), clock)


class Rounds:
    """A loop by hand: each round looks for what is there, and reads it.

    A tick that is due comes before a round looks, as in uvloop, or after it has read, as in asyncio. A connection that
    is accepted in one round is made in the next.
    """

    def __init__(self, rng: random.Random, *, ticks_first: bool) -> None:
        self.rng = rng
        self.ticks_first = ticks_first
        self.now_s = 0.0
        self.arrivals = Arrivals(lambda: self.now_s)
        self.due_s = TICK_S
        self.coming: list[float] = []

    def takes(self) -> None:
        """Let time pass, as where other work or other processes come between; something may come meanwhile."""
        until_s = self.now_s + self.rng.choice([0.0, 0.0001, 0.002, 0.02, 0.2]) * self.rng.random()
        while self.rng.random() < 0.5:
            self.coming.append(self.rng.uniform(self.now_s, until_s))
        self.now_s = until_s

    def go(self) -> list[tuple[float, float, float]]:
        """Go round once; return, of each that was found, when it came and what was known of it then and a round later."""
        if self.ticks_first:
            self.tick()
        self.takes()
        found, self.coming = self.coming, []
        self.takes()
        seen = [(came_s, self.arrivals.since_s) for came_s in found]
        self.takes()
        if not self.ticks_first:
            self.tick()
        self.takes()
        return [(came_s, since_s, self.arrivals.accepted_since_s) for came_s, since_s in seen]

    def tick(self) -> None:
        """Note a tick that is due."""
        if self.now_s >= self.due_s:
            self.arrivals.tick()
            self.due_s = self.now_s + TICK_S


def test_nothing_came_before_the_instant_that_is_told():
    """However long its rounds take and whatever comes between: neither what is read nor what is accepted was earlier."""
    for seed in range(300):
        rounds = Rounds(random.Random(seed), ticks_first=seed % 2 == 0)
        for _ in range(60):
            for came_s, since_s, accepted_since_s in rounds.go():
                assert since_s <= came_s
                assert accepted_since_s <= came_s
