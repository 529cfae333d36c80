"""What every store's callers in one process share: a line, permits and shares, in memory. No database is known here."""
