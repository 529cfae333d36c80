"""The journal alone: for commands that read what was kept, or change it by an operator's hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from intertie.adapters.stores import InlineOffload, open_journal
from intertie.app.workbench import Workbench
from intertie.core.clock import BlockingClock
from intertie.core.rng import SystemRng
from intertie.runtime.state import Journal


@contextmanager
def open_records(bench: Workbench) -> Iterator[Journal]:
    """Open the workspace's journal for the time of a block.

    Raises:
        StoreUnavailable: It can't be opened; the message says why.
    """
    journal = open_journal(
        bench.settings.journal,
        clock=BlockingClock(),
        rng=SystemRng(),
        offload=InlineOffload(),
        root=bench.root,
        durability=bench.settings.durability,
    )
    try:
        yield journal
    finally:
        journal.close()
