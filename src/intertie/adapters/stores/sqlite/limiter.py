"""A limit that all processes on the file share: leases over the commands that its file runs."""

from __future__ import annotations

from intertie.adapters.stores.blocking import blocks
from intertie.adapters.stores.shared.leases import LeasedLimiter


class SharedLimiter(LeasedLimiter):
    """A leased limit whose operator's verbs block the file."""

    pause = blocks(LeasedLimiter.pause)
    resume = blocks(LeasedLimiter.resume)
    snapshot = blocks(LeasedLimiter.snapshot)
