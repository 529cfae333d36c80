"""One timeline for all processes on a store: monotonic, so that no step of UTC frees or blocks anything."""

from __future__ import annotations

from pathlib import Path

from intertie.adapters.stores.sqlite.database import Database
from intertie.core.clock import Clock

_BOOT_FILE = Path("/proc/sys/kernel/random/boot_id")


def boot_name() -> str:
    """Return a name of the machine's current boot; its monotonic clock starts anew with each."""
    try:
        return _BOOT_FILE.read_text(encoding="ascii").strip()
    except OSError:
        return "unknown"


class Timeline:
    """Store time: the machine's monotonic clock plus an offset that all processes of one boot share.

    The offset is 0 in the boot that made the file: small numbers keep instants exact to a nanosecond. A later boot goes
    on by UTC. Where the machine can't name its boots, a store time that is more than a minute away from UTC is taken
    for another boot's.
    """

    def __init__(self, database: Database, clock: Clock, *, boot: str | None = None) -> None:
        self._clock = clock
        named = boot_name() if boot is None else boot
        with database.write() as connection:
            row = connection.execute("SELECT boot, offset_s, utc_ahead_s FROM timeline").fetchone()
            monotonic_s, utc_s = clock.monotonic_s(), clock.utc_s()
            offset_s, ahead_s = (0.0, utc_s - monotonic_s) if row is None else (row[1], row[2])
            if row is not None:
                expected_s = utc_s - ahead_s
                drifted = named == "unknown" and abs(monotonic_s + offset_s - expected_s) > 60
                if row[0] != named or drifted:
                    last_s = connection.execute("SELECT max(at_s) FROM limiter").fetchone()[0] or 0.0
                    # A clock set back between two boots must not leave what was counted before it in the future.
                    offset_s = max(expected_s, last_s) - monotonic_s
            connection.execute("DELETE FROM timeline")
            connection.execute("INSERT INTO timeline VALUES (?, ?, ?)", (named, offset_s, ahead_s))
        self.offset_s = float(offset_s)

    def now_s(self) -> float:
        """Return store time."""
        return self._clock.monotonic_s() + self.offset_s

    def utc_ahead_s(self) -> float:
        """Return how far UTC is ahead of store time now."""
        return self._clock.utc_s() - self.now_s()
