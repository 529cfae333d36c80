"""What can be wrong with a state file, in sentences that say where it is and what to do."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from intertie.adapters.stores.errors import StoreLocked, StoreUnavailable
from intertie.adapters.stores.sqlite.location import INSTEAD, refuse_what_stands_there
from intertie.adapters.stores.sqlite.migrations import APPLICATION_ID, scripts

_LOOK_S = 1.0


def unavailable(error: sqlite3.Error | OSError, path: Path, url: str, patience_s: float) -> StoreUnavailable:
    """Return what to raise for an error met with a file; `patience_s` is how long others were waited for."""
    text = str(error)
    if "not a database" in text or "malformed" in text:
        msg = (
            f"the state file {path} is damaged or another program's ({text}); move it away, so that Intertie makes a "
            "new one without what this one held on budgets and queued calls, or restore a backup"
        )
    elif "locked" in text or "busy" in text:
        msg = f"the state file {path} stayed locked by another process for {patience_s:.2g} s; look for one that hangs"
        return StoreLocked(msg, url=url)
    elif "is full" in text:
        msg = f"the state file {path} can't be written, since the disk is full; make room there"
    else:
        msg = f"the state file {path} can't be used ({text}); check the disk and the file's permissions"
    return StoreUnavailable(msg, url=url)


def schema_of(connection: sqlite3.Connection) -> int:
    """Return the number of a file's schema, 0 of a file without one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def check_ours(connection: sqlite3.Connection, path: Path, url: str) -> int:
    """Return the number of the schema, 0 of a new file.

    Raises:
        StoreUnavailable: A newer version, or another program, wrote it.
    """
    known, version = scripts()[-1][0], schema_of(connection)
    if version > known:
        msg = (
            f"the state file {path} was written by a newer Intertie (schema {version}, this one knows {known}); "
            f"upgrade Intertie, {INSTEAD}"
        )
        raise StoreUnavailable(msg, url=url)
    tables = connection.execute("SELECT count(*) FROM sqlite_schema WHERE type = 'table'").fetchone()[0]
    ours = connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
    if tables and not ours:
        raise StoreUnavailable(f"{path} is another program's database; {INSTEAD}", url=url)
    return version


def examine(path: Path, url: str) -> None:
    """Look at a file as an opening would, and change nothing; one that is missing is well.

    Raises:
        StoreUnavailable: It could not be opened; the message is what an opening would say.
    """
    refuse_what_stands_there(path, url)
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=_LOOK_S)) as connection:
            check_ours(connection, path, url)
    except sqlite3.Error as error:
        raise unavailable(error, path, url, _LOOK_S) from error
