"""What stores do in the background, in virtual time: in order, the same in every run."""

from __future__ import annotations

import asyncio

from intertie.adapters.stores.blocking import meant_to_block
from intertie.adapters.stores.errors import StoreUnavailable


class LoopScheduler:
    """Stands in for a store's background thread: due work runs on the loop in virtual time."""

    def __init__(self, clock) -> None:
        self._clock = clock
        self._due: dict[str, tuple[float, object]] = {}
        self._timer = None

    def ask(self, name, work, *, in_s: float = 0.0) -> None:
        at_s = self._clock.monotonic_s() + in_s
        if name not in self._due or at_s < self._due[name][0]:
            self._due[name] = at_s, work
            self.set_timer()

    def set_timer(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        if self._timer is not None:
            self._timer.cancel()
        if self._due:
            self._timer = loop.call_at(min(at_s for at_s, _ in self._due.values()), self._run)

    def _run(self) -> None:
        self._timer = None
        now_s = self._clock.monotonic_s()
        for name in [name for name, (at_s, _) in self._due.items() if at_s <= now_s]:
            _, work = self._due.pop(name)
            try:
                with meant_to_block():
                    work()
            except StoreUnavailable:
                self.ask(name, work, in_s=1.0)
        self.set_timer()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._due.clear()


class LoopOffload:
    """Work that takes a moment of virtual time, as a worker thread's does, while the loop goes on."""

    inline = False

    def __init__(self, takes_s: float = 0.001) -> None:
        self._takes_s = takes_s

    def start(self, work) -> None:
        asyncio.get_running_loop().call_later(self._takes_s, self._run, work)

    @staticmethod
    def _run(work) -> None:
        with meant_to_block():
            work()
