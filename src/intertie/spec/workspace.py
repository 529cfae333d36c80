"""The folder a spec lives in, and the only way its neighbours are read: nothing outside it, nothing too large."""

from __future__ import annotations

import os
import re
import stat
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar, cast

from msgspec import Struct

from intertie.core.errors import IntertieError
from intertie.spec import codes
from intertie.spec.cases.names import CASE_FOLDERS, ID_RE, CaseKind, is_case, is_misnamed_case, says_it_is_a_case
from intertie.spec.codes import Code
from intertie.spec.source import normalised

T = TypeVar("T")

MAX_SPEC_BYTES = 4_000_000
"""Largest spec that is read: 140,000 lines. What is slow to read is refused before it is."""
MAX_REFERENCE_BYTES = 20_000_000
"""Largest file a `$ref` may point into, such as the OpenAPI description of a large service."""

_SKIPPED = frozenset({"node_modules", "venv", "env", "site-packages", "__pycache__", "build", "dist", "target"})
_URL_RE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_HEAD_BYTES = 4096
_FRONT_KEY_RE = re.compile(r"^(id|type|service)\s*:\s*[\"']?([^\"'#\n]*?)[\"']?\s*(?:#.*)?$", re.MULTILINE)
_HEAD_RE = re.compile(r"\A\ufeff?(?:\s*<!--.*?-->)*\s*^---[ \t]*$(.*?)^(?:---|\.\.\.)[ \t]*$", re.DOTALL | re.MULTILINE)


class Unreadable(IntertieError):  # noqa: N818 - it says what a file is
    """A file of the workspace can't be read, or may not be.

    Attributes:
        code: The kind of finding it is.
        reason: What is wrong, in words that can follow a colon.
        line: Where in the file, 1 where it is all of it.
    """

    def __init__(self, code: Code, reason: str, *, line: int = 1) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.line = line


class LookUp(Struct, frozen=True, array_like=True):
    """A reference to another file of the workspace, which may lead somewhere else another day.

    Attributes:
        reference: An id or a path, as written.
        base: Folder that a path starts from; None for an id.
    """

    reference: str
    base: str | None

    def found(self, workspace: Workspace) -> Path | None:
        """Return the file that it leads to now, None where it leads to none."""
        if self.base is None:
            return workspace.find_by_id(self.reference)
        try:
            return workspace.locate(self.reference, base=Path(self.base))
        except Unreadable:
            return None


class _Known(Struct, frozen=True):
    """What the front matter of a Markdown file says, read without parsing the file."""

    path: Path
    id: str
    type: str
    service: str


class Workspace:
    """A folder and the files below it, as they are when they are first looked for.

    Who wants to see files that came later makes a new one.
    """

    __slots__ = ("_known", "_most", "_remembered", "ended_early", "root")

    def __init__(self, root: Path, *, most: int | None = None) -> None:
        """Take a folder as a workspace; nothing is read yet.

        Args:
            root: The folder.
            most: Files below it that are looked at, of whatever kind; None means all. `ended_early` says afterwards
                whether there were more.
        """
        self.root = Path(os.path.realpath(root))
        self.ended_early = False
        self._most = most
        self._known: list[_Known] | None = None
        self._remembered: dict[Path, tuple[tuple[int, int], Any]] = {}

    def __repr__(self) -> str:
        return f"Workspace({str(self.root)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Workspace) and other.root == self.root

    def __hash__(self) -> int:
        return hash((Workspace, self.root))

    def shown(self, path: Path) -> str:
        """Return a path as people see it: relative to the root where the file lies below it."""
        absolute = Path.cwd() / path
        real = Path(os.path.realpath(absolute))
        for candidate in (real,) if ".." in absolute.parts else (absolute, real):
            if candidate.is_relative_to(self.root):
                return candidate.relative_to(self.root).as_posix()
        return str(path)

    def locate(self, reference: str | Path, *, base: Path | None = None) -> Path:
        """Return the real path of a reference, which lies below the root.

        Args:
            reference: Relative to `base`; absolute on this machine, or from the root where it starts with `/`.
            base: Folder of the file that refers; the root where it is None.

        Raises:
            Unreadable: The reference is a URL or leads out of the root (symbolic links are followed first).
        """
        text = str(reference)
        if "\0" in text:
            raise Unreadable(codes.REF_OUTSIDE, "the path holds a null character")
        if _URL_RE.match(text):
            scheme = text.split(":", 1)[0].lower()
            if scheme == "file":
                raise Unreadable(codes.REF_OUTSIDE, "`file:` references are not read; write a path below the workspace")
            raise Unreadable(
                codes.REF_REMOTE, f"`{scheme}:` references are not fetched; save the file in the workspace"
            )
        path = Path(text)
        if path.is_absolute():
            real = Path(os.path.realpath(path))
            if not real.is_relative_to(self.root):
                from_root = Path(os.path.realpath(self.root / text.lstrip("/")))
                real = from_root if os.path.exists(from_root) else real  # noqa: PTH110 - `Path` raises for a long name
        else:
            real = Path(os.path.realpath((base or self.root) / path))
        if not real.is_relative_to(self.root):
            raise Unreadable(codes.REF_OUTSIDE, f"`{text}` leads out of the workspace {self.root}")
        return real

    def read_text(self, reference: str | Path, *, base: Path | None = None, most: int = MAX_SPEC_BYTES) -> str:
        """Return the text of a file below the root, without byte order mark.

        Args:
            reference: See `locate`.
            base: See `locate`.
            most: Largest size in bytes that is read.

        Raises:
            Unreadable: Outside the root, missing, no regular file, too large, or no UTF-8 text.
        """
        return read_text(self.locate(reference, base=base), most=most)

    def remembered(self, path: Path, read: Callable[[], T]) -> T:
        """Return what `read` made of a file the last time, as long as the file is the same one.

        Hundreds of specs point into one API description; it is read once.
        """
        try:
            status = path.stat()
        except OSError:
            return read()
        version = (status.st_mtime_ns, status.st_size)
        known = self._remembered.get(path)
        if known is None or known[0] != version:
            known = (version, read())
            self._remembered[path] = known
        return cast("T", known[1])

    def markdown_files(self) -> Iterator[Path]:
        """Yield every Markdown file below the root by path; dot folders and environments are skipped.

        A link is followed where it stays below the root.
        """
        for folder, names in self._folders():
            for name in names:
                path = Path(folder, name)
                if name.lower().endswith((".md", ".markdown")) and (not path.is_symlink() or self._holds(path)):
                    yield path

    def case_files(self) -> Iterator[Path]:
        """Yield the case files in folders for cases below the root, by path.

        Those that end in `.yml`, and those of another name that say that they are cases, are there too.
        """
        for folder, names in self._folders():
            if os.path.basename(folder) not in CASE_FOLDERS:  # noqa: PTH119 - a `Path` for each folder costs more
                continue
            for name in names:
                path = Path(folder, name)
                named = is_case(path) or is_misnamed_case(path)
                if (named or _says_it_is_a_case(path)) and (not path.is_symlink() or self._holds(path)):
                    yield path

    def _folders(self) -> Iterator[tuple[str, list[str]]]:
        if self._most is not None:
            yield from self._nearest_folders(self._most)
            return
        for folder, folders, names in os.walk(self.root):
            folders[:] = _entered(folder, folders)
            yield folder, sorted(names)

    def _nearest_folders(self, most: int) -> list[tuple[str, list[str]]]:
        """Return folders with so many files in all, those near the root first taken; in the order of a walk.

        Folders count as files do: a tree of empty ones is walked no longer than one of files.
        """
        found: list[tuple[str, list[str]]] = []
        waiting = deque([str(self.root)])
        left = most
        while waiting:
            if left <= 0:
                self.ended_early = True
                break
            for folder, folders, names in islice(os.walk(waiting.popleft()), 1):
                names.sort()
                self.ended_early |= len(names) >= left
                found.append((folder, names[: left - 1]))
                left -= len(names) + 1
                waiting.extend(os.path.join(folder, name) for name in _entered(folder, folders))  # noqa: PTH118
        return sorted(found)

    def spec_files(self) -> tuple[Path, ...]:
        """Return the integration specs: `type: Integration`, and all in `specs/` that say no other type."""
        folder = self.root / "specs"
        return tuple(
            known.path
            for known in self._index()
            if known.type.lower() == "integration"
            or (not known.type and known.path.is_relative_to(folder) and (known.id or not _is_readme(known.path)))
        )

    def find_by_id(self, identity: str) -> Path | None:
        """Return the file whose front matter has this id, else the integration spec of this service, else None."""
        index = self._index()
        for known in index:
            if known.id and known.id == identity:
                return known.path
        for known in index:
            if known.service and known.service == identity and known.type.lower() == "integration":
                return known.path
        return None

    def spec_ids(self) -> tuple[str, ...]:
        """Return the ids of the integration specs, in the order of their paths."""
        return tuple(known.id for known in self._index() if known.id and known.type.lower() == "integration")

    def find_case(self, reference: str) -> Path | None:
        """Return the file of a case given by path or id, None where there is none inside the root.

        `/test-cases/TC-001.yaml` is meant from the root, also below `/specs`; a file with a name suffix
        (`TC-001-create.yaml`) is found by its id.
        """
        match = ID_RE.search(reference)
        candidates = [reference.lstrip("/")] if "/" in reference or reference.endswith((".yaml", ".yml")) else []
        if candidates:
            stripped = candidates[0].removeprefix("specs/")
            candidates += [stripped, f"specs/{stripped}"]
        for candidate in candidates:
            path = self._inside(candidate)
            if path is not None and os.path.isfile(path):  # noqa: PTH113 - `Path` raises for a long name
                return path
        if match is None:
            return None
        kind = CaseKind(match["kind"]).folder
        for folder in (self.root / kind, self.root / "specs" / kind):
            names = sorted(folder.glob(f"{match.group(0)}*.yaml")) if folder.is_dir() else []
            for path in names:
                if re.fullmatch(rf"{match.group(0)}(?:-[^/]*)?", path.stem):
                    return self._inside(str(path.relative_to(self.root)))
        return None

    def _holds(self, link: Path) -> bool:
        return Path(os.path.realpath(link)).is_relative_to(self.root)

    def _inside(self, relative: str) -> Path | None:
        if "\0" in relative:
            return None
        real = Path(os.path.realpath(self.root / relative))
        return real if real.is_relative_to(self.root) else None

    def _index(self) -> list[_Known]:
        if self._known is None:
            self._known = [_read_head(path) for path in self.markdown_files()]
        return self._known


def _entered(folder: str, folders: Iterable[str]) -> list[str]:
    """Return the folders in a folder that may hold specs: no dot folders, environments and the like."""
    return sorted(
        name
        for name in folders
        if not name.startswith(".")
        and name not in _SKIPPED
        and not os.path.exists(os.path.join(folder, name, "pyvenv.cfg"))  # noqa: PTH110, PTH118 - `Path` raises
    )


def find_workspace(start: Path) -> Workspace:
    """Return the workspace of a path: the nearest folder upwards with `intertie.toml`, else its own folder.

    Links are followed first: a file has one workspace, whatever path leads to it.
    """
    start = Path(os.path.realpath(start))
    own = start if start.is_dir() else start.parent
    for folder in (own, *own.parents):
        if (folder / "intertie.toml").is_file():
            return Workspace(folder)
    return Workspace(own)


def read_text(path: Path, *, most: int = MAX_SPEC_BYTES) -> str:
    """Return the text of a regular file in UTF-8, without byte order mark.

    Raises:
        Unreadable: Missing, no regular file, too large, or no UTF-8 text.
    """
    try:
        # Opening a pipe or a device could wait for ever: look first, and once more at what was opened.
        if not stat.S_ISREG(path.stat().st_mode):
            raise Unreadable(codes.FILE_UNREADABLE, "it is not a regular file")
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            content = file.read(size + 1) if size <= most else b""
            if len(content) > size:
                content += file.read(most - size)  # it grows meanwhile, or does not say how large it is
    except FileNotFoundError:
        raise Unreadable(codes.FILE_UNREADABLE, "there is no such file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise Unreadable(codes.FILE_UNREADABLE, f"it can't be read: {reason}") from error
    if size > most or len(content) > most:
        raise Unreadable(codes.FILE_TOO_LARGE, f"it has more than {most // 1_000_000} MB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(codes.NOT_UTF8, f"line {line} is not UTF-8 text", line=line) from None
    return check_text(text, most=most)


def check_text(text: str, *, most: int = MAX_SPEC_BYTES) -> str:
    """Return a text that may be read as it is.

    Raises:
        Unreadable: It is too large, or holds null characters: then it is no text.
    """
    if len(text) > most:
        raise Unreadable(codes.FILE_TOO_LARGE, f"it has more than {most // 1_000_000} MB")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise Unreadable(codes.NOT_UTF8, f"line {line} holds a null character, so it is not text", line=line)
    return text


def _head(path: Path) -> str | None:
    """Return how a file begins, None of one that can't be opened: reading it by its path says why."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return None
        with path.open("rb") as file:
            return normalised(file.read(_HEAD_BYTES).decode("utf-8", errors="replace"))
    except OSError:
        return None


def _read_head(path: Path) -> _Known:
    head = _head(path)
    if head is None:
        return _Known(path, "", "", "")
    match = _HEAD_RE.match(head)
    keys: dict[str, str] = dict(_FRONT_KEY_RE.findall(match.group(1))) if match else {}
    return _Known(path, keys.get("id", ""), keys.get("type", ""), keys.get("service", ""))


def _says_it_is_a_case(path: Path) -> bool:
    return path.suffix == ".yaml" and says_it_is_a_case(_head(path) or "")


def _is_readme(path: Path) -> bool:
    return path.stem.lower() in ("readme", "index", "template", "changelog")
