"""Handles: what one opener holds of a limiter, a breaker or a ledger that all openers of a key share.

A handle has its opener's options, and lends the verbs of what is shared as they are: a call pays nothing for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from intertie.adapters.stores.plans import Planned, Sharing
from intertie.runtime.policies.breaker.options import BreakerOptions
from intertie.runtime.policies.budget.options import PricingOptions
from intertie.runtime.policies.limiter.options import LimiterOptions
from intertie.runtime.state import BreakerVerbs, LedgerVerbs, LimiterVerbs, LimitRefusal, Permit

Options = TypeVar("Options")


class LimiterCore(LimiterVerbs, Planned[LimiterOptions], Protocol):
    """What all handles on one limit share."""


class BreakerCore(BreakerVerbs, Planned[BreakerOptions], Protocol):
    """What all handles on one breaker share."""


class LedgerCore(LedgerVerbs, Planned[PricingOptions], Protocol):
    """What all handles on one ledger share."""


class _Handle(Generic[Options]):
    def __init__(self, sharing: Sharing[Options], options: Options) -> None:
        self._sharing = sharing
        self._options = options
        self._number = sharing.open(options)

    def reconfigure(self, options: Options) -> None:
        """Go on under other options, with what happened under the old ones."""
        self._options = options
        self._sharing.change(self._number, options)

    def close(self) -> None:
        """Let these options hold no longer; a second time does nothing."""
        self._sharing.close(self._number)


class OpenLimiter(_Handle[LimiterOptions]):
    """A `LimiterHandle`; how long one waits for a turn is its opener's own affair."""

    def __init__(
        self,
        core: LimiterCore,
        sharing: Sharing[LimiterOptions],
        options: LimiterOptions,
        monotonic_s: Callable[[], float],
    ) -> None:
        super().__init__(sharing, options)
        self.core = core
        self._monotonic_s = monotonic_s
        self.acquire_nowait, self.give_back, self.finished = core.acquire_nowait, core.give_back, core.finished
        self.observe, self.pause, self.resume, self.snapshot = core.observe, core.pause, core.resume, core.snapshot

    async def acquire(self, *, deadline_s: float, again: bool = False) -> Permit | LimitRefusal:
        """Wait for a turn, at most until `deadline_s` (monotonic), and no longer than the options say."""
        options = self._options
        if options.on_limit == "reject":
            deadline_s = self._monotonic_s()
        elif options.max_wait_s is not None:
            deadline_s = min(deadline_s, self._monotonic_s() + options.max_wait_s)
        return await self.core.acquire(deadline_s=deadline_s, again=again)


class OpenBreaker(_Handle[BreakerOptions]):
    """A `BreakerHandle`."""

    def __init__(self, core: BreakerCore, sharing: Sharing[BreakerOptions], options: BreakerOptions) -> None:
        super().__init__(sharing, options)
        self.core = core
        self.admit_nowait, self.admit = core.admit_nowait, core.admit
        self.still_admitted_nowait, self.still_admitted = core.still_admitted_nowait, core.still_admitted
        self.record, self.record_later, self.release = core.record, core.record_later, core.release
        self.known, self.snapshot, self.force = core.known, core.snapshot, core.force


class OpenLedger(_Handle[PricingOptions]):
    """A `LedgerHandle`."""

    def __init__(self, core: LedgerCore, sharing: Sharing[PricingOptions], pricing: PricingOptions) -> None:
        super().__init__(sharing, pricing)
        self.core = core
        self.reserve_nowait, self.reserve = core.reserve_nowait, core.reserve
        self.expected_cost, self.settle, self.month = core.expected_cost, core.settle, core.month
