"""Policies linked once around a transport."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Protocol, TypeAlias

from intertie.runtime.call import Call, Outcome

CallNext: TypeAlias = Callable[[Call], Awaitable[Outcome]]


class Policy(Protocol):
    """One stage of a pipeline, given the rest of the pipeline to call, to call again, or not to call."""

    async def __call__(self, call: Call, call_next: CallNext) -> Outcome:
        """Return the outcome of the rest of the pipeline, or another one."""


def link(policies: Sequence[Policy], send: CallNext) -> CallNext:
    """Fold policies, outermost first, around `send`. Done once per operation."""
    stage = send
    for policy in reversed(policies):
        stage = partial(policy.__call__, call_next=stage)  # bound once: a call of the instance would bind each time
    return stage
