"""Where a SQLite store lives, made ready: its folder is the user's alone, and so is its file.

| what stands at the path | what is done |
|---|---|
| a file | it is opened, and judged by what is in it |
| nothing | the file is made, whole, under a name of its own, and gets its name at once |
| an empty file | it begins anew, and that is told: no file of ours is empty, whenever a process is killed |
| an empty file beside a log of one | refused: what the log belongs to is gone |
| a folder, a named pipe, a socket, a device; links in a circle; a file where the folder should be | refused unopened |
| the same in place of a file beside it (`-wal`, `-shm`, `-journal`) or of the folder of owners | refused unopened |

Nothing but a file is ever opened: opening a named pipe waits for whoever writes into it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from errno import EACCES, ELOOP
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from intertie.adapters.regular_files import kind_of
from intertie.adapters.stores.errors import StoreUnavailable

SCHEME = "sqlite:///"
INSTEAD = "name another place with INTERTIE_STATE and INTERTIE_JOURNAL, or use memory://"
_LOGS = ("-wal", "-journal")
_BESIDE = (*_LOGS, "-shm")
_STALE_S = 600.0
"""Age at which a file that was never given its name was left behind by a process that died."""


def database_path(url: str, root: Path) -> Path:
    """Return the file of `sqlite:///path`; a relative path is relative to `root`, `sqlite:////path` is absolute.

    Raises:
        StoreUnavailable: The URL names no file, or a link that leads to itself.
    """
    text = url.removeprefix(SCHEME)
    if not text or text.endswith("/"):
        msg = f"{url} names no file; write sqlite:///path/to/state.db"
        raise StoreUnavailable(msg, url=url)
    place = root / text
    try:
        return place.resolve()
    except (OSError, RuntimeError) as error:  # in a circle of links, Python before 3.13 raises the second
        raise _unusable(place, url, "its links lead in a circle") from error


def owners_folder(path: Path) -> Path:
    """Return the folder of the lock files of those who use a store."""
    return path.with_name(path.name + ".owners")


def in_the_way(path: Path) -> str | None:
    """Return why no store can live at `path`, as the end of a sentence; None where a file is there, or nothing.

    Opens nothing, so that it never waits.
    """
    for beside in ("", *_BESIDE):
        try:
            mode = os.stat(f"{path}{beside}").st_mode  # noqa: PTH116  # four of these on each opening
        except FileNotFoundError:
            continue
        except NotADirectoryError:
            return _not_a_folder(path)
        except OSError as error:
            return "its links lead in a circle" if error.errno == ELOOP else (error.strerror or str(error))
        if not S_ISREG(mode):
            return f"{path.name + beside if beside else 'it'} is {kind_of(mode)}, not a file"
    owners = owners_folder(path)
    with suppress(OSError):  # where it can't be seen, the owner's own lock file can't be made: told then
        if not S_ISDIR(mode := owners.stat().st_mode):
            return f"{owners.name} is {kind_of(mode)}, not a folder"
    if is_emptied(path) and any(_size(f"{path}{log}") for log in _LOGS):
        return "it is empty, and the log beside it belongs to what it held"
    return None


def is_emptied(path: Path) -> bool:
    """Return whether a file without a byte stands there, which nobody of us has made."""
    return _size(path) == 0


def _size(path: str | Path) -> int | None:
    try:
        return os.stat(path).st_size  # noqa: PTH116  # a text with an ending, or a path
    except OSError:
        return None


def _not_a_folder(path: Path) -> str:
    for folder in reversed(path.parents):
        if folder.exists() and not folder.is_dir():
            return f"{folder} is {kind_of(folder.stat().st_mode)}, not a folder"
    return "a part of its path is no folder"


def make_ready(path: Path, url: str, fill: Callable[[Path], None]) -> None:
    """Make the folder (mode 700) and the file (mode 600) where they are missing.

    A file that is there is never opened here: with the first descriptor of a file that a process closes, all its locks
    on it end (POSIX), SQLite's among them; then another process may take away the log that this one writes to.

    Args:
        path: The file.
        url: The store's, for messages.
        fill: Writes a new store into an empty file.

    Raises:
        StoreUnavailable: They can't be made or written, or what stands there is no file.
    """
    refuse_what_stands_there(path, url)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _make(path, fill)
        if not os.access(path, os.R_OK | os.W_OK):
            raise PermissionError(EACCES, os.strerror(EACCES))
    except OSError as error:
        msg = f"the state file {path} can't be written ({error.strerror or error}); make its folder writable, {INSTEAD}"
        raise StoreUnavailable(msg, url=url) from error


def refuse_what_stands_there(path: Path, url: str) -> None:
    """Raise where something other than a file stands at `path`, or stands in the way.

    Raises:
        StoreUnavailable: It does; the message says what, and what to do.
    """
    wrong = in_the_way(path)
    if wrong is not None:
        raise _unusable(path, url, wrong)


def _unusable(path: Path, url: str, wrong: str) -> StoreUnavailable:
    advice = INSTEAD if "device" in wrong else f"move that away, {INSTEAD}"
    return StoreUnavailable(f"the state file {path} can't be used: {wrong}; {advice}", url=url)


def _make(path: Path, fill: Callable[[Path], None]) -> None:
    """Make a file that is whole under its name at once, and closed before anybody can see it."""
    from tempfile import mkstemp  # noqa: PLC0415  # a file is made once

    descriptor, name = mkstemp(prefix=f".{path.name}.", dir=path.parent)  # with mode 600
    os.close(descriptor)
    try:
        fill(Path(name))
        os.link(name, path)
    except FileExistsError:
        pass  # somebody else was quicker
    finally:
        os.unlink(name)  # noqa: PTH108  # a text from `mkstemp`


def sweep(path: Path, now_s: float) -> None:
    """Remove files that were being made when their process died; `now_s` is what a file has that is made now."""
    with suppress(OSError):  # they take some room, and the next sweep looks again
        for left in list(path.parent.iterdir()):
            if left.name.startswith(f".{path.name}.") and left.lstat().st_mtime < now_s - _STALE_S:
                left.unlink()
