"""What checking and compiling a text depend on, as digests: what is remembered of a text holds as long as they do."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path

from intertie._version import __version__
from intertie.compiler import Settings
from intertie.compiler.wires.registered import ADDED
from intertie.runtime.mapping.registered import registered_transforms
from intertie.spec.workspace import LookUp, Workspace

_PACKAGE = Path(__file__).parents[1]


def digest_of(parts: Iterable[str]) -> str:
    """Return the hexadecimal SHA-256 of texts in their order."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", errors="surrogatepass")).hexdigest()


def conditions_of_any_text(settings: Settings, *, today: date) -> Iterator[str]:
    """Yield what holds for all texts of a workspace.

    Intertie's and Python's version (in a checkout, the state of the code), the day, the settings that rules and
    compiler read, and what the application registered.
    """
    yield __version__
    yield state_of_checkout(_PACKAGE)
    yield repr(sys.version_info[:3])
    yield today.isoformat()
    yield str(settings.root)
    yield repr(settings.lint)
    yield repr(sorted((name, setting.value) for name, setting in settings.defaults.items()))
    yield repr((settings.environment, settings.audit, settings.trust))
    yield repr(sorted((name, each.takes_list) for name, each in registered_transforms().items()))
    yield repr(sorted(ADDED))


@cache
def state_of_checkout(package: Path) -> str:
    """Return what tells the states of a checkout's code apart, which have one version; empty for what was installed."""
    if not (package.parents[1] / "pyproject.toml").is_file():
        return ""
    number, newest, folders = 0, 0, [str(package)]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.name.endswith(".py"):
                    number, newest = number + 1, max(newest, entry.stat().st_mtime_ns)
                elif entry.name != "__pycache__" and entry.is_dir():
                    folders.append(entry.path)
    return f"{number} {newest}"


class ReadVariables(Mapping[str, str]):
    """Environment variables, which remembers those that were asked for, also in vain."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.names: dict[str, None] = {}

    def __getitem__(self, name: str) -> str:
        self.names[name] = None
        return self._environ[name]

    def __iter__(self) -> Iterator[str]:
        raise TypeError("a plan depends on single variables, never on which there are")

    def __len__(self) -> int:
        return len(self._environ)


def state_of_files(looked_up: Iterable[LookUp], workspace: Workspace) -> Iterator[str]:
    """Yield where each reference leads now, and a digest of what stands there."""
    for each in looked_up:
        found = each.found(workspace)
        yield f"{each.reference}\0{each.base}\0{found}\0{'' if found is None else _content(found)}"


def state_of_variables(names: Iterable[str], environ: Mapping[str, str]) -> Iterator[str]:
    """Yield the text of each variable, or that it is not set."""
    for name in names:
        yield f"{name}\0{environ[name]}" if name in environ else f"{name} is not set"


def _content(path: Path) -> str:
    from intertie.adapters.regular_files import NotReadable, read_regular  # noqa: PLC0415  # few specs name others
    from intertie.spec.workspace import MAX_REFERENCE_BYTES  # noqa: PLC0415  # as above

    try:
        content, _ = read_regular(path, most_bytes=MAX_REFERENCE_BYTES)
    except (OSError, NotReadable) as wrong:
        return type(wrong).__name__
    return hashlib.sha256(content).hexdigest()
