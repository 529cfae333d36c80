"""Files that somebody named in a document or a variable: read only where reading can't wait and has an end."""

from __future__ import annotations

import os
import stat
from pathlib import Path


class NotReadable(ValueError):  # noqa: N818  # reads as the state it names
    """What a path names is no regular file, or too large; the text says which."""


def read_regular(path: str | Path, *, most_bytes: int) -> tuple[bytes, os.stat_result]:
    """Return what a regular file holds, and its state. Never waits for a writer, whatever the path names.

    Raises:
        OSError: It can't be opened or read.
        NotReadable: It is no regular file, or larger than `most_bytes`.
    """
    # Without O_NONBLOCK, opening a named pipe waits for whoever writes into it, for ever.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise NotReadable(f"it is {kind_of(found.st_mode)}, and only regular files are read")
        data = file.read(most_bytes + 1) if found.st_size <= most_bytes else None
    if data is None or len(data) > most_bytes:
        raise NotReadable(f"it is larger than {most_bytes // 1024:,} KiB; is it the right one?")
    return data, found


def kind_of(mode: int) -> str:
    """Return what a mode says a thing is, with its article."""
    kinds = (
        (stat.S_ISREG, "a file"),
        (stat.S_ISDIR, "a directory"),
        (stat.S_ISFIFO, "a named pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISCHR, "a device"),
        (stat.S_ISBLK, "a device"),
    )
    return next((name for is_one, name in kinds if is_one(mode)), "something else")
