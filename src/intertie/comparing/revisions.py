"""Files as they were in a git revision, read without touching the working tree."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from intertie.core.errors import UsageError
from intertie.spec.workspace import MAX_REFERENCE_BYTES

_READ = (".md", ".markdown", ".yaml", ".yml", ".json", ".toml", ".proto", ".graphql")
"""Endings of what a spec is, or may refer to."""

_LARGEST = MAX_REFERENCE_BYTES
"""Bytes of a file beyond which it is left out, as the reader of specs would."""


class Repository:
    """The git repository that a folder belongs to.

    Raises:
        UsageError: The folder belongs to none, or git is not installed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        top = self._git("rev-parse", "--show-toplevel")
        if top is None:
            raise UsageError(f"{folder.resolve()} is not in a git repository, so it has no revisions to compare")
        self.root = Path(os.fsdecode(top).rstrip("\n")).resolve()

    def commit(self, revision: str) -> str:
        """Return the full name of a revision's commit.

        Raises:
            UsageError: There is no such revision.
        """
        found = self._find(revision)
        if found is None:
            raise UsageError(f"there is no revision `{revision}` in {self.root}")
        return found

    def has(self, revision: str) -> bool:
        """Return whether a revision of this name is there."""
        return self._find(revision) is not None

    def inside(self, path: Path) -> str:
        """Return a path as the repository writes it.

        Raises:
            UsageError: It lies outside.
        """
        whole = Path(os.path.normpath(Path.cwd() / path))
        for candidate in (whole, whole.resolve()):
            if candidate.is_relative_to(self.root):
                return candidate.relative_to(self.root).as_posix()
        raise UsageError(f"{path} is not in the repository {self.root}")

    def write_out(self, commit: str, folder: str, target: Path) -> None:
        """Write the texts below a folder, as they were in a commit, below `target`.

        Args:
            commit: As `commit` returns it.
            folder: As `inside` returns it; `.` for all of the repository.
            target: A folder of our own; it gets the repository's layout.
        """
        for path, content in self._texts(commit, folder):
            place = target / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)

    def _texts(self, commit: str, folder: str) -> Iterator[tuple[str, bytes]]:
        listed = self._git(
            "ls-tree", "-r", "-z", "-l", "--full-tree", commit, "--", *([folder] if folder != "." else [])
        )
        wanted: list[tuple[str, str]] = []
        for line in (listed or b"").split(b"\0"):
            about, _, name = line.partition(b"\t")
            mode, _, rest = about.decode().partition(" ")
            path = os.fsdecode(name)
            # Links (mode 120000) and submodules (160000) are no files of this revision.
            if mode.startswith("100") and path.lower().endswith(_READ) and ".." not in Path(path).parts:
                _, identity, size = rest.split()
                if int(size) <= _LARGEST:
                    wanted.append((path, identity))
        if not wanted:
            return
        answer = self._git("cat-file", "--batch", given="\n".join(identity for _, identity in wanted).encode() + b"\n")
        at, content = 0, answer or b""
        for path, _ in wanted:
            start = content.index(b"\n", at) + 1
            at = start + int(content[at:start].split()[-1])
            yield path, content[start:at]
            at += 1

    def _find(self, revision: str) -> str | None:
        if not revision or revision.startswith("-"):
            return None
        found = self._git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        return None if found is None else found.decode().strip()

    def _git(self, *arguments: str, given: bytes | None = None) -> bytes | None:
        """Return what git prints, None where it fails."""
        environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
        try:
            done = subprocess.run(  # noqa: S603  # fixed arguments, no shell; names stand after `--end-of-options` or `--`
                ["git", *arguments],  # noqa: S607  # the git that the person uses
                cwd=self._folder, env=environment, input=given, capture_output=True, check=False,
            )  # fmt: skip
        except FileNotFoundError:
            raise UsageError("git is not installed, so there are no revisions to compare: name two files") from None
        return done.stdout if done.returncode == 0 else None
