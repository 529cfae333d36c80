"""Keeps the plans of texts that passed, so that an opening reads its plan and not the text.

A plan stands in the state folder, in a file that is named after all that is known before the text is read: the text,
its path, versions, day, settings, environment and base URL. What came to light while it was compiled (other files that
references lead to, environment variables that were asked for) is listed in it, with a digest of what they held.

| what stands there | what is done |
|---|---|
| a plan whose files and variables are as they were | it is used, and the text is not read |
| another plan, a broken file, nothing | the text is read, checked and compiled |
| a file or folder that is somebody else's, or that others may write | the same |

A file is data: nothing in it is run. It is written in one step and readable by its owner alone, and has references of
secrets only, as the plan has.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path

import msgspec
from msgspec import Raw, Struct

from intertie.adapters.regular_files import NotReadable, is_ours_alone, read_regular, replace_file
from intertie.app.conditions import (
    conditions_of_any_text,
    digest_of,
    state_of_files,
    state_of_variables,
)
from intertie.compiler import Settings
from intertie.runtime.plan import Plan
from intertie.spec.workspace import LookUp, Workspace

FOLDER = "plans"
MOST = 50
"""Plans that are kept, the newest of them."""
MOST_BYTES = 16_000_000
"""Of one plan; some 15,000 operations."""
MOST_BYTES_IN_ALL = 64_000_000


class Conditions(Struct, frozen=True, array_like=True):
    """What a plan depends on besides its name.

    Attributes:
        looked_up: References to other files.
        variables: Environment variables.
        digest: Of where those led, and of what was in them.
    """

    looked_up: tuple[LookUp, ...]
    variables: tuple[str, ...]
    digest: str

    @classmethod
    def now(
        cls, looked_up: tuple[LookUp, ...], variables: tuple[str, ...], workspace: Workspace, environ: Mapping[str, str]
    ) -> Conditions:
        """Return the conditions as they are."""
        state = (*state_of_files(looked_up, workspace), *state_of_variables(variables, environ))
        return cls(looked_up, variables, digest_of(state))


class _Kept(Struct, frozen=True, array_like=True):
    key: str
    conditions: Conditions
    plan: Raw


def key_of(
    path: Path, shown: str, text: str, settings: Settings, *, environment: str | None, base_url: str | None, today: date
) -> str:
    """Return the name of all that is known of a plan before its text is read.

    Args:
        path: The spec's file; references start from where it really is.
        shown: The same, as places in the plan have it.
        text: What stands in it.
        settings: Of the workspace.
        environment: See `compile_spec`.
        base_url: See `compile_spec`.
        today: The day that the text is checked for.
    """
    return digest_of(
        (
            *conditions_of_any_text(settings, today=today),
            shown,
            os.path.realpath(path),
            repr((settings.base_url, sorted(settings.sources.items()))),
            repr((environment, base_url)),
            text,
        )
    )


class KeptPlans:
    """The plans of one state folder.

    Args:
        folder: The state folder; None where state is kept in memory. A folder that is not there yet is not made: a
            command that only looks leaves nothing behind.
    """

    def __init__(self, folder: Path | None) -> None:
        self._state_folder = folder
        self._unwritten: dict[str, bytes] = {}

    def find(
        self, key: str, workspace: Workspace, environ: Mapping[str, str], otherwise: Callable[[], Plan]
    ) -> Plan | None:
        """Return the plan of this name where it still holds, None otherwise.

        Args:
            key: From `key_of`.
            workspace: Where references lead.
            environ: Where variables are read.
            otherwise: Makes the plan anew, for an operation whose part can't be read.
        """
        content = self._content(key)
        if content is None:
            return None
        from intertie.runtime.kept import BrokenPlan, read_plan  # noqa: PLC0415  # where there is one to read

        try:
            kept = msgspec.msgpack.decode(content, type=_Kept)
            known = kept.conditions
            if kept.key != key or known != Conditions.now(known.looked_up, known.variables, workspace, environ):
                return None
            return read_plan(kept.plan, otherwise)
        except (msgspec.MsgspecError, BrokenPlan, RecursionError):
            return None

    def add(self, key: str, plan: Plan, conditions: Conditions) -> None:
        """Keep a plan; where it can't be written, the next start reads its text again."""
        from intertie.runtime.kept import Unkeepable, write_plan  # noqa: PLC0415  # the first start with a text writes

        if self._state_folder is None:
            return
        try:
            written = write_plan(plan)
        except Unkeepable:
            return
        body = msgspec.msgpack.encode(_Kept(key, conditions, Raw(written)))
        content = _first_line(body) + body
        if len(content) <= MOST_BYTES:
            self._unwritten[key] = content
            self.keep()

    def keep(self) -> None:
        """Write what could not be written when it was added, since the state folder was not there yet."""
        state = self._state_folder
        if not self._unwritten or state is None or not state.is_dir():
            return
        folder = state / FOLDER
        with suppress(OSError):
            folder.mkdir(mode=0o700, exist_ok=True)
            if _are_ours(state, folder):
                for key, content in self._unwritten.items():
                    replace_file(folder / key, content)
                _prune(folder)
        self._unwritten = {}

    def _content(self, key: str) -> memoryview | None:
        """Return what stands in the file of this name behind its first line, None where it is not whole and ours."""
        state = self._state_folder
        if state is None:
            return None
        folder = state / FOLDER
        try:
            if not _are_ours(state, folder):
                return None
            content, status = read_regular(folder / key, most_bytes=MOST_BYTES)
        except (OSError, NotReadable):
            return None  # there is none, or it can't be read: the text is
        body = memoryview(content)[len(_first_line(b"")) :]
        return body if is_ours_alone(status) and content.startswith(_first_line(body)) else None


def _first_line(body: bytes | memoryview) -> bytes:
    """Return what stands before a body: that it is a plan, and a digest by which a broken one is known."""
    return f"intertie plan {hashlib.sha256(body).hexdigest()}\n".encode("ascii")


def _are_ours(state: Path, folder: Path) -> bool:
    """Return whether nobody else has made the folders, or may put a plan there; a link of ours is not one of them."""
    status = folder.lstat()
    return state.stat().st_uid == status.st_uid and is_ours_alone(status)


def _prune(folder: Path) -> None:
    """Remove the oldest plans beyond the bounds, and what a process left behind that was killed while it wrote."""
    found: list[tuple[float, int, str]] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):  # another process removes them, too
                status = entry.stat(follow_symlinks=False)
                found.append((status.st_mtime, status.st_size, entry.path))
    left = MOST_BYTES_IN_ALL
    for place, (_, size, path) in enumerate(sorted(found, reverse=True)):
        left -= size
        if place >= MOST or left < 0:
            with suppress(OSError):
                os.unlink(path)  # noqa: PTH108  # what scandir gives is a text
