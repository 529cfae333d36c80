"""The documents that are open, each as the page of its latest text, in the workspace it lies in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from intertie.core.clock import Clock
from intertie.lsp.neighbourhood import Neighbourhood
from intertie.lsp.page import Page
from intertie.spec.workspace import find_workspace


class Desk:
    """Keeps pages and workspaces. What is open stands for its file in whatever reads the workspace.

    Args:
        environ: Where `INTERTIE_*` are read.
        clock: Says the day that versions are judged by.
        root: The workspace of every document; each document's own where it is None.
        config: Configuration file instead of the workspace's.
    """

    def __init__(
        self, *, environ: Mapping[str, str], clock: Clock, root: Path | None = None, config: Path | None = None
    ) -> None:
        self._environ = environ
        self._clock = clock
        self._root = root
        self._config = config
        self._buffers: dict[Path, str] = {}
        self._pages: dict[Path, Page] = {}
        self._around: dict[Path, Neighbourhood] = {}

    def put(self, path: Path, text: str) -> Page:
        """Open a document, or take its next text; return its page."""
        path = Path(os.path.realpath(path))
        self._buffers[path] = text
        return self._turned(path)

    def look_again(self, path: Path) -> None:
        """Have the files beside a document that is about to be opened looked at anew: it may be new, or have moved."""
        self._around.pop(self._root or find_workspace(path).root, None)

    def is_outdated(self) -> bool:
        """Return whether a workspace was looked at on another day or under another configuration: then `refresh`."""
        today = self._today()
        return not all(around.is_current(today) for around in self._around.values())

    def turn_cases(self, spec: Page) -> list[Page]:
        """Return new pages of the open cases beside a spec, which are judged by its text."""
        beside = [
            page.path
            for page in self._pages.values()
            if page.is_case and page.around.workspace == spec.around.workspace
        ]
        return [self._turned(path) for path in beside]

    def take_off(self, path: Path) -> None:
        """Close a document: its file counts again."""
        path = Path(os.path.realpath(path))
        self._buffers.pop(path, None)
        self._pages.pop(path, None)

    def refresh(self) -> list[Page]:
        """Look at the files anew, after something was saved or came from elsewhere; return the new pages."""
        self._around.clear()
        return [self._turned(path) for path in list(self._buffers)]

    def page(self, path: Path) -> Page | None:
        """Return the page of a document as it is now, None where it is not open."""
        return self._pages.get(Path(os.path.realpath(path)))

    def _turned(self, path: Path) -> Page:
        page = Page(path, self._buffers[path], self._neighbourhood(path))
        self._pages[path] = page
        return page

    def _neighbourhood(self, path: Path) -> Neighbourhood:
        root = self._root or find_workspace(path).root
        found = self._around.get(root)
        if found is None:
            found = Neighbourhood(
                path, self._buffers, environ=self._environ, today=self._today(), root=root, config=self._config
            )
            self._around[root] = found
        return found

    def _today(self) -> date:
        return self._clock.utc_now().date()
