"""A rule's page: one Markdown file in `pages/`, read when somebody asks for it.

The rest of the package knows a rule by its code, name, severity and first sentence; a check reads no page.
"""

from __future__ import annotations

import re
from pathlib import Path

from msgspec import Struct

FOLDER = Path(__file__).parent / "pages"
"""Where the pages are, each named by its rule's code, which outlasts the rule's name."""

HEADINGS = ("What it does", "Why it matters", "Example", "Use instead", "References")
"""The parts of every page, in order."""

_HEADING_RE = re.compile(rf"^## ({'|'.join(HEADINGS)})$", re.MULTILINE)  # an example may have headings of its own
_FENCE_RE = re.compile(r"^(?P<fence>`{3,})(?P<language>[\w-]*)\n(?P<text>.*?)^(?P=fence)\s*$", re.MULTILINE | re.DOTALL)


class Snippet(Struct, frozen=True):
    """A fenced example: `yaml` keys or `markdown` sections of a spec, or `text` that can't be either."""

    language: str
    text: str


class RulePage(Struct, frozen=True):
    """The parts of a page.

    Attributes:
        summary: One sentence, below the title.
        example: What the rule finds.
        instead: What it doesn't.
    """

    summary: str
    what: str
    why: str
    example: Snippet
    instead: Snippet
    references: str


def page_of(code: str) -> RulePage:
    """Return the page of a rule.

    Raises:
        ValueError: A part is missing.
    """
    path = FOLDER / f"{code}.md"
    return read_page(path.read_text("utf-8"), where=path.name)


def read_page(text: str, *, where: str) -> RulePage:
    """Return the parts of a page.

    What stands between the summary and the first heading is written by `intertie dev docs`, and not read.

    Raises:
        ValueError: The title, the summary or a heading is missing or out of order, a part is empty, or an example has
            not exactly one fence.
    """
    pieces = _HEADING_RE.split(text)
    headings = tuple(pieces[1::2])
    if headings != HEADINGS:
        msg = f"{where}: the page has the headings {headings}, it should have {HEADINGS}"
        raise ValueError(msg)
    title, summary = (*str(pieces[0]).strip().split("\n\n"), "")[:2]
    if not title.startswith("# ") or not summary:
        msg = f"{where}: a page begins with its title and one sentence"
        raise ValueError(msg)
    what, why, example, instead, references = (part.strip() for part in pieces[2::2])
    if not all((what, why, references)):
        msg = f"{where}: a part of the page is empty"
        raise ValueError(msg)
    return RulePage(summary, what, why, _snippet(example, where), _snippet(instead, where), references)


def _snippet(text: str, where: str) -> Snippet:
    fences = list(_FENCE_RE.finditer(text + "\n"))
    if len(fences) != 1:
        msg = f"{where}: an example is one fenced block, found {len(fences)}"
        raise ValueError(msg)
    return Snippet(fences[0]["language"], fences[0]["text"])
