"""Files that somebody named in a document or a variable: read only where reading can't wait and has an end."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO


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
        data = _whole(file, found.st_size, most_bytes + 1) if found.st_size <= most_bytes else None
    if data is None or len(data) > most_bytes:
        raise NotReadable(f"it is larger than {most_bytes // 1024:,} KiB; is it the right one?")
    return data, found


def _whole(file: BinaryIO, size: int, most: int) -> bytes:
    """Return what a file holds, at most so many bytes, in no more memory than it has unless it grows meanwhile."""
    data = file.read(size + 1)
    return data if len(data) <= size else data + file.read(most - len(data))


def replace_file(file: Path, content: bytes) -> None:
    """Write a file in one step, for its owner alone: who reads it meanwhile sees the old content or the new one.

    Raises:
        OSError: It can't be written; nothing of it is left behind.
    """
    from tempfile import mkstemp  # noqa: PLC0415  # few processes write

    descriptor, name = mkstemp(prefix=f".{file.name}.", dir=file.parent)  # with mode 600
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
        Path(name).replace(file)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def is_ours_alone(status: os.stat_result) -> bool:
    """Return whether a file or folder belongs to who runs this process, and nobody else may write it."""
    return status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


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
