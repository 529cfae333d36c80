"""Remembers which specs a whole check has passed, so that a start pays for the rules once and not each time."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from intertie.adapters.regular_files import NotReadable, read_regular, replace_file
from intertie.app.conditions import conditions_of_any_text, digest_of
from intertie.compiler import Settings

if TYPE_CHECKING:  # a plan that is kept is opened without its text
    from intertie.spec.loading import Loaded

FILE_NAME = "passed-checks"
MOST = 200
"""Texts that are remembered, the newest of them."""
_KEY_LENGTH = 64
_MOST_BYTES = 1024 * 1024
"""Of the file, which has some 13 KB where nobody else writes to it."""


def key_of(loaded: Loaded, settings: Settings, *, today: date) -> str:
    """Return the name of all that a check of a spec depends on, as a hexadecimal SHA-256.

    That is what all texts depend on, the text and the place of the spec, and the files that its schemas are in. Specs,
    cases and libraries beside it are left out: what they may cause is a warning, and the next day looks again.
    """
    return digest_of(
        (
            *conditions_of_any_text(settings, today=today),
            loaded.spec.path,
            loaded.spec.content_hash,
            repr(settings.base_url is not None),
            *map(_stamp, sorted(loaded.files)),
        )
    )


def _stamp(path: Path) -> str:
    try:
        status = path.stat()
    except OSError as gone:
        return f"{path} {gone.errno}"
    return f"{path} {status.st_mtime_ns} {status.st_size}"


class PassedTexts:
    """The texts that passed, in memory and in one small file of a state folder.

    Args:
        folder: The state folder; None where state is kept in memory. A folder that is not there yet is not made: a
            command that only looks leaves nothing behind.
    """

    def __init__(self, folder: Path | None) -> None:
        self._file = folder / FILE_NAME if folder is not None else None
        self._keys: dict[str, None] | None = None
        self._unwritten: list[str] = []

    def __contains__(self, key: str) -> bool:
        if self._keys is None:
            self._keys = dict.fromkeys(self._read())
        return key in self._keys

    def add(self, key: str) -> None:
        """Remember a text that passed; where the file can't be written, the next start checks it again."""
        self._unwritten.append(key)
        self.keep()

    def keep(self) -> None:
        """Write what could not be written when it was added, since the state folder was not there yet."""
        file, new = self._file, self._unwritten
        if not new:
            return
        # Another process may have added its own meanwhile.
        self._keys = dict.fromkeys([*new, *(known for known in self._read() if known not in new)][:MOST])
        if file is None or not file.parent.is_dir():
            return
        with suppress(OSError):
            replace_file(file, "".join(f"{known}\n" for known in self._keys).encode("ascii"))
        self._unwritten = []

    def _read(self) -> Iterable[str]:
        if self._file is None:
            return ()
        try:
            read, _ = read_regular(self._file, most_bytes=_MOST_BYTES)
        except (OSError, NotReadable):
            return ()  # nothing is remembered yet, or it can't be read: the text is checked
        text = read.decode("ascii", errors="replace")
        return (line for line in text.split("\n") if len(line) == _KEY_LENGTH)
