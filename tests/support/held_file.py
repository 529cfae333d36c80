"""A state file that another process holds in the middle of a transaction."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager


@contextmanager
def held(path):
    """Hold a file's lock; yields what lets go of it early."""
    holder = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")

    def let_go():
        if holder.in_transaction:
            holder.execute("ROLLBACK")

    try:
        yield let_go
    finally:
        let_go()
        holder.close()
