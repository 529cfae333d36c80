"""What each line of a half-finished file is part of: front matter, a YAML block, another block, or Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum

from msgspec import Struct

from intertie.spec.front_matter import find_front_matter
from intertie.spec.sections import section_name

_OPEN_RE = re.compile(r"[ \t]*(?:[-*+]\s+)?(`{3,}|~{3,})\s*([^`\n]*)\Z")
_GROWING_RE = re.compile(r"[\w-]*\Z")
_HEADING_RE = re.compile(r"(#{1,6})(?=\s|\Z)(.*)\Z")
_CLOSING_RE = re.compile(r"(?:\A|\s)#+\Z")
_YAML = frozenset({"yaml", "yml", ""})


class RegionKind(StrEnum):
    """What a run of lines is."""

    FRONT_MATTER = "front matter"
    YAML = "yaml"
    OTHER_BLOCK = "other block"


class Region(Struct, frozen=True):
    """Lines `first` to `last` (1-based, both included; `last` < `first` where it is empty), its marks left out."""

    kind: RegionKind
    first: int
    last: int


class Heading(Struct, frozen=True):
    """A Markdown heading; `name` is the section of the template it names, for level 2 alone."""

    line: int
    level: int
    text: str
    name: str | None


class Layout(Struct, frozen=True):
    """The regions and headings of a file, in order."""

    regions: tuple[Region, ...]
    headings: tuple[Heading, ...]

    def region(self, line: int) -> Region | None:
        """Return the region a line is in, None for Markdown. An empty one is at the line after its opening mark."""
        return next((found for found in self.regions if found.first <= line <= max(found.last, found.first)), None)

    def above(self, line: int) -> tuple[Heading, ...]:
        """Return the headings a line stands under, outermost first."""
        stack: list[Heading] = []
        for heading in self.headings:
            if heading.line > line:
                break
            while stack and stack[-1].level >= heading.level:
                stack.pop()
            stack.append(heading)
        return tuple(stack)

    def section(self, line: int) -> str | None:
        """Return the template's name of the level-2 section a line is in."""
        return next((heading.name for heading in self.above(line) if heading.level == 2), None)


def layout_of(lines: Sequence[str]) -> Layout:
    """Return the layout of a file, as far as it goes: an unclosed block ends where the next part begins."""
    regions: list[Region] = []
    headings: list[Heading] = []
    number = 0
    front = find_front_matter(list(lines))
    if front is not None:
        # Of one that is not closed yet the line after it may be a key that has no colon yet.
        more = 0 if front.closed else sum(1 for line in lines[front.end : front.end + 1] if _GROWING_RE.match(line))
        regions.append(Region(RegionKind.FRONT_MATTER, front.first, front.last + more))
        number = front.end + more
    while number < len(lines):
        opening = _OPEN_RE.match(lines[number])
        if opening is None:
            headings.extend(_heading(lines[number], number + 1))
            number += 1
            continue
        end, following = _end(lines, number, opening.group(1))
        words = opening.group(2).split()
        language = words[0].lower().strip("{}.") if words else ""
        kind = RegionKind.YAML if language in _YAML else RegionKind.OTHER_BLOCK
        regions.append(Region(kind, number + 2, end))
        number = following
    return Layout(tuple(regions), tuple(headings))


def _heading(line: str, number: int) -> Iterator[Heading]:
    match = _HEADING_RE.match(line)
    if match is not None:
        level, text = len(match.group(1)), _CLOSING_RE.sub("", match.group(2).strip()).strip()
        yield Heading(number, level, text, section_name(text) if level == 2 else None)


def _end(lines: Sequence[str], start: int, fence: str) -> tuple[int, int]:
    """Return the last line of a block (1-based) and the index to go on with; `start` is the index of its opening."""
    heading = None
    for number in range(start + 1, len(lines)):
        stripped = lines[number].strip()
        if stripped.startswith(fence):
            if not stripped.strip(fence[0]):
                return number, number + 1
            break
        if heading is None and _HEADING_RE.match(lines[number]):
            heading = number
    else:
        number = len(lines)
    boundary = number if heading is None else heading
    return boundary, boundary
