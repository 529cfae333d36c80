"""Where a SQLite store lives, made ready: its folder is the user's alone, and so is its file."""

from __future__ import annotations

import os
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

    Raises:
        StoreUnavailable: They can't be made or written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        msg = (
            f"the state file {path} can't be written ({error.strerror or error}); make its folder writable, "
            "name another file with INTERTIE_STATE, or use memory://"
        )
        raise StoreUnavailable(msg, url=url) from error
