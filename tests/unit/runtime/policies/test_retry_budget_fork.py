"""A retry budget in a forked child."""

from __future__ import annotations

import os

from intertie.runtime.policies.retry.budget import RetryBudget
from intertie.runtime.policies.retry.options import RetryOptions


def test_a_forked_child_does_not_wait_for_a_thread_of_its_parent():
    """The lock may be held at the fork by a thread that the child does not have; what was counted stays."""
    budget = RetryBudget(RetryOptions())
    budget.count_call(1.0)
    held = budget._lock
    with held:
        child = os.fork()
        if not child:
            # A lock that is still taken would hang the child: only a free one is used.
            free = budget._lock is not held and not budget._lock.locked()
            os._exit(0 if free and budget.counts(1.0) == (1, 0) else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert budget.take(1.0)
