"""The other files of the workspace that a page's names lead to: specs, cases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from intertie.lsp.features.case_mentions import case_owner
from intertie.lsp.features.mentions import Mention, Thing
from intertie.lsp.page import Page
from intertie.spec.cases.loading import read_case
from intertie.spec.cases.names import CASE_FOLDERS
from intertie.spec.workspace import Unreadable

_ID_RE = re.compile(r"[A-Z][A-Z0-9]*-\d+\Z")
MOST_FILES = 1_000
"""Most files of one kind that one question looks into."""


def page_at(page: Page, path: Path) -> Page | None:
    """Return the page of another file, None where it can't be read."""
    if path == page.path:
        return page
    text = page.around.text(path)
    return None if text is None else Page(path, text, page.around)


def spec_path(page: Page, name: str) -> Path | None:
    """Return the file of a spec given by id, service or path; None where there is none in the workspace."""
    workspace = page.around.workspace
    if _ID_RE.match(name) or ("/" not in name and not name.lower().endswith((".md", ".markdown"))):
        return workspace.find_by_id(name)
    try:
        path = workspace.locate(name, base=page.path.parent)
    except Unreadable:
        return None
    return path if path.is_file() else None


def spec_page(page: Page, mention: Mention | None = None) -> Page | None:
    """Return the spec that a page's names belong to: itself, or the one its case is for."""
    if page.is_spec:
        return page
    if not page.is_case:
        return None
    owner = mention.owner if mention is not None and mention.owner else case_owner(read_case(page.source))
    path = spec_path(page, owner) if owner else _listing(page)
    found = page_at(page, path) if path is not None else None
    return found if found is not None and found.is_spec else None


def _listing(page: Page) -> Path | None:
    """Return the spec that lists this case."""
    for path in page.around.workspace.spec_files()[:MOST_FILES]:
        text = page.around.text(path)
        if text is None or page.path.stem[:6] not in text:
            continue
        other = Page(path, text, page.around)
        listed = (page.around.workspace.find_case(each.name) for each in other.mentions if each.thing is Thing.CASE)
        if page.path in listed:
            return path
    return None


def case_files(page: Page) -> list[Path]:
    """Return the case files of the workspace: test cases first, each kind by path."""
    found = (path for path in islice(page.around.workspace.case_files(), MOST_FILES) if path.suffix == ".yaml")
    return sorted(found, key=lambda path: (CASE_FOLDERS.index(path.parent.name), path))


def case_pages(spec: Page) -> Iterator[Page]:
    """Yield the cases that are for a spec: those that name its id, and those it lists that name none."""
    workspace = spec.around.workspace
    listed = {workspace.find_case(each.name) for each in spec.mentions if each.thing is Thing.CASE}
    for path in dict.fromkeys([*case_files(spec), *(path for path in sorted(filter(None, listed)))]):
        page = page_at(spec, path)
        if page is None:
            continue
        owner = case_owner(read_case(page.source))
        if (owner and spec_path(page, owner) == spec.path) or (not owner and path in listed):
            yield page


def spec_pages(page: Page) -> Iterator[Page]:
    """Yield the other specs of the workspace, those that mention nothing of this one included."""
    for path in page.around.workspace.spec_files()[:MOST_FILES]:
        if path != page.path and (other := page_at(page, path)) is not None:
            yield other
