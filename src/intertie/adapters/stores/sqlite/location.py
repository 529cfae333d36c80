"""Where a SQLite store lives, made ready: its folder is the user's alone, and so is its file."""

from __future__ import annotations

import os
from errno import EACCES
from pathlib import Path

from intertie.adapters.stores.errors import StoreUnavailable

SCHEME = "sqlite:///"


def database_path(url: str, root: Path) -> Path:
    """Return the file of `sqlite:///path`; a relative path is relative to `root`, `sqlite:////path` is absolute.

    Raises:
        StoreUnavailable: The URL names no file.
    """
    text = url.removeprefix(SCHEME)
    if not text or text.endswith("/"):
        msg = f"{url} names no file; write sqlite:///path/to/state.db"
        raise StoreUnavailable(msg, url=url)
    return (root / text).resolve()


def make_ready(path: Path, url: str) -> None:
    """Make the folder (mode 700) and the file (mode 600) where they are missing.

    A file that is there is never opened here: with the first descriptor of a file that a process closes, all its locks
    on it end (POSIX), SQLite's among them; then another process may take away the log that this one writes to.

    Raises:
        StoreUnavailable: They can't be made or written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        if not os.access(path, os.R_OK | os.W_OK):
            raise PermissionError(EACCES, os.strerror(EACCES))
    except OSError as error:
        msg = (
            f"the state file {path} can't be written ({error.strerror or error}); make its folder writable, "
            "name another file with INTERTIE_STATE, or use memory://"
        )
        raise StoreUnavailable(msg, url=url) from error


def _make(path: Path) -> None:
    """Make an empty file under its name at once, closed before anybody can see it."""
    from tempfile import mkstemp  # noqa: PLC0415  # a file is made once

    descriptor, name = mkstemp(prefix=f".{path.name}.", dir=path.parent)  # with mode 600
    os.close(descriptor)
    try:
        os.link(name, path)
    except FileExistsError:
        pass  # somebody else was quicker
    finally:
        os.unlink(name)  # noqa: PTH108  # a text from `mkstemp`
