"""Where the front matter of a file is, and what it says."""

from __future__ import annotations

import re

from msgspec import Struct

from intertie.spec import codes
from intertie.spec.source import Findings, Source
from intertie.spec.tree import MappingNode
from intertie.spec.yaml_text import read_mapping

_FENCE_RE = re.compile(r"---\s*\Z")
_CLOSE_RE = re.compile(r"(?:---|\.\.\.)\s*\Z")
_KEY_RE = re.compile(r"[\w-]+\s*:")


class FrontMatterLines(Struct, frozen=True):
    """Lines of the front matter, 1-based: the content is `first`..`last`, Markdown starts after `end`."""

    first: int
    last: int
    end: int
    closed: bool


def find_front_matter(lines: list[str]) -> FrontMatterLines | None:
    """Return where the front matter is, None where the file has none.

    Blank lines and HTML comments may stand before it. One that is not closed ends before the first blank line, heading
    or line that is no key.
    """
    number = _skip_comments(lines)
    if number is None or not _FENCE_RE.match(lines[number]):
        return None
    for following in range(number + 1, len(lines)):
        if _CLOSE_RE.match(lines[following]):
            return FrontMatterLines(number + 2, following, following + 1, closed=True)
        if lines[following].startswith("#") and lines[following].lstrip("#").startswith(" "):
            break
    last = number
    for following in range(number + 1, len(lines)):
        line = lines[following]
        if not line.strip() or not (_KEY_RE.match(line) or line[0] in " -"):
            break
        last = following
    return FrontMatterLines(number + 2, last + 1, last + 1, closed=False)


def read_front_matter(source: Source, where: FrontMatterLines | None, findings: Findings) -> MappingNode | None:
    """Return the front matter's mapping; what is wrong with it is reported."""
    if where is None:
        findings.add(
            codes.NO_FRONT_MATTER, source.line_span(1), "the file does not start with front matter",
            help="start with a line `---`, then `id: INT-…`, `type: Integration`, `name:` …, then `---`",
        )  # fmt: skip
        return None
    if not where.closed:
        findings.add(
            codes.NO_FRONT_MATTER, source.line_span(where.first - 1), "the front matter that opens here is not closed",
            help="add a line `---` after its last key",
        )  # fmt: skip
    if where.last < where.first:
        return None
    start = source.offset(where.first, 1)
    end = source.offset(where.last, 1) + len(source.line(where.last))
    return read_mapping(
        source.text[start:end], lambda a, b: source.span(start + a, start + b), findings, what="the front matter"
    )


def _skip_comments(lines: list[str]) -> int | None:
    """Return the index of the first line that is neither blank nor inside an HTML comment."""
    number = 0
    while number < len(lines):
        line = lines[number].strip()
        if not line:
            number += 1
        elif line.startswith("<!--"):
            while number < len(lines) and "-->" not in lines[number]:
                number += 1
            if number == len(lines) or lines[number].split("-->", 1)[1].strip():
                return None
            number += 1
        else:
            return number
    return None
