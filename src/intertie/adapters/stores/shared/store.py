"""What a store of shared limits does, whatever it is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from intertie.runtime.policies.limiter.commands import Command, Reply
from intertie.runtime.policies.limiter.options import LimiterOptions
from intertie.runtime.state import LimiterSnapshot

PATIENCE_S: Final = 5.0
"""How long those who have much time wait for a store that others hold."""


class LimitStore(Protocol):
    """Runs commands on the limit of one key, which all processes share. All that is not said to be memory blocks.

    Attributes:
        key: How commands name the limit.
    """

    key: str

    def owner(self) -> str:
        """Return the name under which this process takes permits.

        Raises:
            StoreUnavailable: It has none, and can't get one.
        """

    def run(self, gather: Callable[[float], Sequence[Command]], *, patience_s: float) -> tuple[list[Reply], float]:
        """Run what `gather(now_s)` returns once the store is held; return the replies, and the store's time.

        Raises:
            StoreLocked: Others did not let go of it in time.
            StoreUnavailable: It can't be used, or nothing is known of what it did.
        """

    def look(self) -> LimiterSnapshot:
        """Return the limit as last stored.

        Raises:
            StoreUnavailable: It can't be used.
        """

    def set_own(self, plans: Sequence[LimiterOptions]) -> None:
        """Let these plans of this process hold. Memory."""

    def in_force(self) -> tuple[LimiterOptions, ...]:
        """Return all plans that hold, as last known. Memory."""


class Scheduler(Protocol):
    """Does what no caller waits for."""

    def ask(self, name: str, work: Callable[[], None], *, in_s: float = 0.0) -> None:
        """Have `work` done in `in_s` seconds, or sooner where it was asked for sooner."""


def patience(left_s: float) -> float:
    """Return how long a caller with `left_s` seconds left may wait for others: half of it, at most `PATIENCE_S`.

    Half, since what comes after needs time too: a call without its store may still go on alone, or says why not.

    >>> patience(30.0), patience(3.0), patience(-1.0)
    (5.0, 1.5, 0.05)
    """
    return min(PATIENCE_S, max(0.05, left_s / 2))
