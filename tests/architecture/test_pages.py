"""What the pages show is what happens: every snippet of README and docs is run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.real_servers import ROOT
from support.snippets import PageRunner, read_page

PAGES = sorted(
    page
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    if any(getattr(item, "language", "") in {"python", "console"} for item in read_page(page.read_text("utf-8")))
    and "reference/rules" not in page.as_posix()
)
ALL = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_what_a_page_shows_is_what_happens(page: Path, tmp_path: Path) -> None:
    """Every console and python block of the page runs and prints what the page says."""
    assert PageRunner(page, tmp_path, {"HOME": str(tmp_path)}).run() > 0


@pytest.mark.parametrize("page", ALL, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_links_to_what_is_there(page: Path) -> None:
    """Every relative link leads to a file of the project."""
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)", text):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"
