"""Where limits, ledger and queue are kept: can it be written, does the file system lock, is there room?

The store's own file is opened by SQLite alone: closing it otherwise would end the locks that SQLite holds on it in this
process.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile

from intertie.adapters.stores import StoreUnavailable
from intertie.adapters.stores.sqlite.faults import examine
from intertie.adapters.stores.sqlite.location import SCHEME, database_path, is_emptied
from intertie.app.doctor.check import Check, from_error, ok, problem, warning
from intertie.core.outside_text import shown

_ROOM_BYTES = 100 * 1024 * 1024
_LEAST_ROOM_BYTES = 5 * 1024 * 1024
_OVER_THE_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "fuse.s3fs", "fuse.gcsfuse", "afs", "ceph", "lustre"}
)
_MOUNTS = Path("/proc/mounts")


def check_state(named: dict[str, str], root: Path) -> Iterator[Check]:
    """Yield what there is to say of each place; `named` is setting -> store URL."""
    folders: dict[Path, list[str]] = {}
    for setting, url in named.items():
        if not url.startswith(SCHEME):
            yield ok(setting, f"{setting} is kept in memory; no other process shares it")
            continue
        try:
            path = database_path(url, root)
        except StoreUnavailable as wrong:
            yield from_error(setting, wrong, otherwise=f"correct `{setting}`")
            continue
        folders.setdefault(path.parent, []).append(setting)
        yield from _file(setting, path, url, root)
    for folder, settings in folders.items():
        yield check_folder(folder, " and ".join(settings), root)


def _file(setting: str, path: Path, url: str, root: Path) -> Iterator[Check]:
    """Yield what is wrong with the file itself; one that is missing is made by the first opening."""
    if not path.parent.is_dir():
        return  # said of the folder
    if os.path.lexists(path) and not os.access(path, os.R_OK | os.W_OK):
        yield problem(setting, f"{_shown(path, root)} can't be read and written by this user", "change its owner")
        return
    try:
        examine(path, url)
    except StoreUnavailable as wrong:
        yield from_error(setting, wrong, otherwise="restore a backup, or move it away")
        return
    if is_emptied(path):
        yield warning(
            setting,
            f"{_shown(path, root)} is empty, so limits, budgets and the queue start from zero",
            "restore a backup, unless this is intended",
        )


def check_folder(folder: Path, what: str, root: Path, *, mounts: Path = _MOUNTS) -> Check:
    """Return whether stores can live in a folder, which opening one makes where it is missing."""
    shown_folder = _shown(folder, root)
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir():
        return problem(
            "state",
            f"{shown_folder} can't be created: {shown(str(there))} is a file, not a folder",
            f"move {there.name}",
        )
    if not os.access(there, os.W_OK | os.X_OK):
        return problem(
            "state",
            f"{shown_folder} can't be written by this user, so nothing would keep {what}",
            "make it writable, or choose another place with INTERTIE_STATE and INTERTIE_JOURNAL",
        )
    kind = file_system_of(there, mounts)
    if kind in _OVER_THE_NETWORK:
        return warning(
            "state",
            f"{shown_folder} is on {kind}, over the network, where SQLite's locks are not reliable",
            "keep it on a local disk: INTERTIE_STATE and INTERTIE_JOURNAL name the place",
        )
    locked = _lock_refused(there) if there == folder else None
    if locked is not None:
        return problem("state", f"{shown_folder} can't be locked ({locked})", "keep it on a local disk")
    return _room(there, shown_folder)


def file_system_of(folder: Path, mounts: Path = _MOUNTS) -> str | None:
    """Return the kind of the file system that a folder is on, None where the machine does not tell."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    best, kind = -1, None
    resolved = folder.resolve()
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = Path(fields[1].encode().decode("unicode_escape"))  # blanks are written \040
        if resolved.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), fields[2]
    return kind


def _lock_refused(folder: Path) -> str | None:
    """Try the kind of lock that SQLite takes, on a file of our own; return why it is refused."""
    try:
        with NamedTemporaryFile(dir=folder, prefix=".doctor.") as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as refused:
        return refused.strerror or str(refused)
    return None


def _room(there: Path, shown_folder: str) -> Check:
    disk = os.statvfs(there)
    free_bytes = disk.f_bavail * disk.f_frsize
    if free_bytes < _LEAST_ROOM_BYTES or (disk.f_files and not disk.f_favail):
        return problem("state", f"the disk of {shown_folder} is full", "free some space, or choose another place")
    if free_bytes < _ROOM_BYTES:
        return warning("state", f"{shown_folder} has {_size(free_bytes)} left", "free some space")
    return ok("state", f"{shown_folder} can be written; {_size(free_bytes)} free")


def _size(count: int) -> str:
    return f"{count / 1e9:,.1f} GB" if count >= 1e9 else f"{count / 1e6:,.0f} MB"


def _shown(path: Path, root: Path) -> str:
    text = str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
    return shown(text)
