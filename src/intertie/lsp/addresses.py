"""Which file each of an editor's documents is, those included that were never saved."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote

from pygls.uris import from_fs_path, to_fs_path

_UNSAVED = "untitled:"
_ENDINGS = {"markdown": ".md", "yaml": ".yaml"}


class Addresses:
    """Knows the file of each open document's URI, and the URI by which the editor calls a file.

    A document that was never saved counts as a file of a name that is free in the root of the workspace.
    """

    def __init__(self) -> None:
        self._unsaved: dict[str, Path] = {}
        self._uris: dict[Path, str] = {}

    def opened(self, uri: str, language: str, root: Path) -> Path | None:
        """Return the file that a document is from now on, None where it is none that we could judge.

        Args:
            uri: As the editor writes it.
            language: What the editor takes the text for; it decides how a document without a file is read.
            root: Folder in which a document that was never saved counts as a file.
        """
        if uri.startswith(_UNSAVED) and language in _ENDINGS:
            self._unsaved[uri] = _free(root / unquote(uri.removeprefix(_UNSAVED)), _ENDINGS[language])
        path = self.path(uri)
        if path is not None:
            self._uris[path] = uri
        return path

    def path(self, uri: str) -> Path | None:
        """Return the real path of a URI's file, None where it names none."""
        if uri in self._unsaved:
            return self._unsaved[uri]
        path = to_fs_path(uri) if uri.startswith("file:") else None
        return Path(os.path.realpath(path)) if path else None

    def uri(self, path: Path) -> str:
        """Return the URI of a file, the editor's own where it is open."""
        return self._uris.get(path) or from_fs_path(str(path)) or path.as_uri()

    def closed(self, uri: str) -> None:
        """Forget a document."""
        path = self.path(uri)
        self._unsaved.pop(uri, None)
        if path is not None:
            self._uris.pop(path, None)


def _free(wanted: Path, ending: str) -> Path:
    """Return a path with this ending at which nothing is: the wanted one, else one with a number."""
    name = wanted.name.removesuffix(ending)
    number, path = 1, wanted.with_name(name + ending)
    while os.path.lexists(path):
        number += 1
        path = wanted.with_name(f"{name}-{number}{ending}")
    return Path(os.path.realpath(path))
