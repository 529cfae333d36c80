"""A rule's page: one Markdown file in `pages/`, read when somebody asks for it.

The rest of the package knows a rule by its code, name, severity and first sentence; a check reads no page.
"""

from __future__ import annotations

import re
from pathlib import Path

from msgspec import Struct

FOLDER = Path(__file__).parent / "pages"
"""Where the pages are, each named by its rule's code, which outlasts the rule's name."""

HEADINGS = ("What it finds", "Why it matters", "Example", "How to fix")
"""The parts of every page, in order."""

REFERENCES = "References"
"""A last part, where a rule rests on a standard or a book."""

_HEADING_RE = re.compile(
    rf"^## ({'|'.join((*HEADINGS, REFERENCES))})$", re.MULTILINE
)  # an example may have headings of its own
_FENCE_RE = re.compile(r"^(?P<fence>`{3,})(?P<language>[\w-]*)\n(?P<text>.*?)^(?P=fence)\s*$", re.MULTILINE | re.DOTALL)


class Snippet(Struct, frozen=True):
    """A fenced example: `yaml` keys or `markdown` sections of a spec, or `text` that can't be either."""

    language: str
    text: str


class RulePage(Struct, frozen=True):
    """The parts of a page.

    Attributes:
        summary: One sentence, below the title.
        what: What the rule finds.
        example: A spec, or a part of one, in which the rule finds something.
        fix: What to do about it.
        fixed: The same spec, in which no rule finds anything.
        references: Empty where there are none.
    """

    summary: str
    what: str
    why: str
    example: Snippet
    fix: str
    fixed: Snippet
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
    head, *pieces = _HEADING_RE.split(text)
    parts = {heading: part.strip() for heading, part in zip(pieces[::2], pieces[1::2], strict=True)}
    if tuple(pieces[::2]) not in (HEADINGS, (*HEADINGS, REFERENCES)):
        raise ValueError(f"{where}: the page has the headings {tuple(parts)}, it should have {HEADINGS}")
    title, summary = (*str(head).strip().split("\n\n"), "")[:2]
    if not title.startswith("# ") or not summary:
        raise ValueError(f"{where}: a page begins with its title and one sentence")
    what, why, example, fix = (parts[heading] for heading in HEADINGS)
    if not all(parts.values()):
        raise ValueError(f"{where}: a part of the page is empty")
    _, shown = _snippet(example, where)
    advice, fixed = _snippet(fix, where)
    if not advice:
        raise ValueError(f"{where}: `How to fix` says nothing before its example")
    return RulePage(summary, what, why, shown, advice, fixed, parts.get(REFERENCES, ""))


def _snippet(text: str, where: str) -> tuple[str, Snippet]:
    """Return what stands before the one fence of a part, and what the fence holds."""
    fences = list(_FENCE_RE.finditer(text + "\n"))
    if len(fences) != 1:
        raise ValueError(f"{where}: an example is one fenced block, found {len(fences)}")
    return text[: fences[0].start()].strip(), Snippet(fences[0]["language"], fences[0]["text"])
