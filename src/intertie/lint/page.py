"""A rule's docs page, read from its docstring."""

from __future__ import annotations

import re

from msgspec import Struct

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
        summary: One sentence.
        example: What the rule finds.
        instead: What it doesn't.
    """

    summary: str
    what: str
    why: str
    example: Snippet
    instead: Snippet
    references: str


def read_page(docstring: str, *, where: str) -> RulePage:
    """Return the parts of a rule's docstring.

    Raises:
        ValueError: A heading is missing or out of order, a part is empty, or an example has not exactly one fence.
    """
    pieces = _HEADING_RE.split(docstring)
    headings = tuple(pieces[1::2])
    if headings != HEADINGS:
        msg = f"{where}: the docstring has the headings {headings}, a page has {HEADINGS}"
        raise ValueError(msg)
    summary, what, why, example, instead, references = (pieces[0].strip(), *(text.strip() for text in pieces[2::2]))
    if not all((summary, what, why, references)):
        msg = f"{where}: a part of the docstring is empty"
        raise ValueError(msg)
    return RulePage(summary, what, why, _snippet(example, where), _snippet(instead, where), references)


def _snippet(text: str, where: str) -> Snippet:
    fences = list(_FENCE_RE.finditer(text + "\n"))
    if len(fences) != 1:
        msg = f"{where}: an example is one fenced block, found {len(fences)}"
        raise ValueError(msg)
    return Snippet(fences[0]["language"], fences[0]["text"])
