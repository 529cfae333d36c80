"""Pure: whether sending again can double an effect."""

from __future__ import annotations

from intertie.core.errors import Reach
from intertie.runtime.call import Failed


def may_be_sent_again(failed: Failed) -> bool:
    """Return whether a second try is safe.

    It is where nothing left (`reached` is `no`), or where classify knows that the failure is not ambiguous or the
    operation can be replayed.
    """
    return failed.reached is Reach.NO or not failed.effect_unknown
