"""What was committed to the state file was lost when another process on it closed first."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from intertie.adapters.stores.sqlite.database import Database

_TELL = """
import sys
from pathlib import Path
from intertie.adapters.stores.sqlite.database import Database
database = Database(Path(sys.argv[1]), "sqlite:///state.db")
with database.write() as connection:
    connection.execute("INSERT INTO breaker VALUES (?, 'e', '', '', '', 1, x'00')", (sys.argv[2],))
database.close()
"""


def test_a_commit_outlives_another_process_that_closes(tmp_path: Path):
    """With the file open twice here, another process that closes it is not the last one on it.

    A process's locks on a file end with the first descriptor of it that it closes (POSIX fcntl): opening the file beside
    SQLite, to see whether it may be written, gave up the lock that says it is in use, and the other process removed the
    log that this one went on writing to.
    """
    path = tmp_path / "state.db"
    first = Database(path, "sqlite:///state.db")
    Database(path, "sqlite:///state.db")
    first.read("SELECT integration FROM breaker")
    subprocess.run([sys.executable, "-c", _TELL, str(path), "theirs"], check=True)
    with first.write() as connection:
        connection.execute("INSERT INTO breaker VALUES ('ours', 'e', '', '', '', 1, x'00')")
    subprocess.run([sys.executable, "-c", _TELL, str(path), "theirs again"], check=True)
    anew = Database(path, "sqlite:///state.db")
    assert {row[0] for row in anew.read("SELECT integration FROM breaker")} == {"theirs", "ours", "theirs again"}
