"""Limits whose permits lapse by script, and a bench with one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from intertie.runtime.plan import Plan
from intertie.runtime.state import LimitRefusal, Permit, PermitLapsed
from intertie.testing import Bench, VirtualClock, make_bench

LATE_S = 0.25


class LatePermit(Permit):
    """A permit whose request is always handed over too late."""

    def __init__(self, real: Permit) -> None:
        super().__init__(real.limit, real.stamp_s, real.not_after_s, real.waited_s)
        self.real = real

    def departing(self) -> None:
        raise PermitLapsed(LATE_S)


class LapsingLimiter:
    """A `LimiterHandle` of which the n-th permit lapses where `lapses` says so; past its end none does.

    Attributes:
        again: Of each permit asked for with `acquire`, whether for one that had lapsed.
        given_back, finished_permits: Permits that were ended so.
    """

    def __init__(self, handle: Any, lapses: Iterable[bool]) -> None:
        self._handle = handle
        self._lapses = iter(lapses)
        self.again: list[bool] = []
        self.given_back: list[Permit] = []
        self.finished_permits: list[Permit] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._handle, name)

    def _given(self, permit: Permit) -> Permit:
        return LatePermit(permit) if next(self._lapses, False) else permit

    def acquire_nowait(self) -> Permit | None:
        permit = self._handle.acquire_nowait()
        return None if permit is None else self._given(permit)

    async def acquire(self, *, deadline_s: float, again: bool = False) -> Permit | LimitRefusal:
        self.again.append(again)
        got = await self._handle.acquire(deadline_s=deadline_s, again=again)
        return got if isinstance(got, LimitRefusal) else self._given(got)

    def give_back(self, permit: Permit) -> None:
        self.given_back.append(permit)
        self._handle.give_back(getattr(permit, "real", permit))

    def finished(self, permit: Permit) -> None:
        self.finished_permits.append(permit)
        self._handle.finished(getattr(permit, "real", permit))


class LapsingCoordination:
    """A `Coordination` whose rate limit is a `LapsingLimiter`."""

    def __init__(self, coordination: Any, lapses: Iterable[bool]) -> None:
        self._coordination = coordination
        self._lapses = lapses
        self.limits: LapsingLimiter | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._coordination, name)

    def limiter(self, key: Any, options: Any, scope: str = "") -> Any:
        handle = self._coordination.limiter(key, options, scope)
        if scope:
            return handle
        self.limits = LapsingLimiter(handle, self._lapses)
        return self.limits


def lapsing_bench(plan: Plan, script: Any, lapses: Iterable[bool], **options: Any) -> tuple[Bench, LapsingLimiter]:
    """Return a bench, and its limit, whose permits lapse as `lapses` says, one after the other."""
    clock = VirtualClock()
    stores = make_bench(plan, clock=clock).surroundings
    coordination = LapsingCoordination(stores.coordination, lapses)
    bench = make_bench(plan, script, clock=clock, state=replace(stores, coordination=coordination), **options)
    assert coordination.limits is not None
    return bench, coordination.limits
