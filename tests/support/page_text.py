"""A docs page as a reader sees it: prose and fenced blocks, in order. HTML comments are not there."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BLOCK_RE = re.compile(
    r"^(?P<indent> *)(?P<fence>`{3,})(?P<language>[a-z]*)[^\n]*\n(?P<body>.*?)^(?P=indent)(?P=fence)\s*$",
    re.MULTILINE | re.DOTALL,
)
_COMMENT_RE = re.compile(r"^ *<!--.*?-->", re.MULTILINE | re.DOTALL)
_SAVED_RE = re.compile(r"\b[Ss]ave (?:this|it|them|what follows) as `([^`]+)`[^`]*:$|^`([^`]+)`:$")
_TERMINAL_RE = re.compile(r"\b(first|second|third|fourth) terminal\b")
_CODE_RE = re.compile(r"`[^`]*`")
_PORT_RE = re.compile(r"(?:127\.0\.0\.1:|localhost:|--port[ =])(\d{4,5})\b")


@dataclass(frozen=True)
class Prose:
    """A paragraph, on one line."""

    text: str
    line: int

    @property
    def ctrl_c(self) -> list[str] | None:
        """The terminals in which Ctrl-C is pressed, empty where it is in all of them; None where it is not pressed."""
        found = re.search(r"\b[Pp]ress Ctrl-C\b([^.:]*)", _CODE_RE.sub("", self.text))
        return None if found is None else _TERMINAL_RE.findall(found[1])


@dataclass(frozen=True)
class Snippet:
    """A block, with the paragraph right before it."""

    language: str
    body: str
    line: int
    intro: str

    @property
    def file(self) -> str | None:
        """The file that the sentence before the block says it is."""
        found = _SAVED_RE.search(self.intro)
        return (found[1] or found[2]) if found else None

    @property
    def terminal(self) -> str:
        """The terminal that the sentence before the block names last, else the first one."""
        return ["first", *_TERMINAL_RE.findall(self.intro)][-1]

    def commands(self) -> list[tuple[str, str]]:
        """The commands of a console block, each with what the page shows below it."""
        found: list[tuple[list[str], list[str]]] = []
        for line in self.body.splitlines():
            if line.startswith("$ "):
                found.append(([line[2:]], []))
            elif found and found[-1][0][-1].endswith("\\") and not found[-1][1]:
                found[-1][0].append(line)
            elif found:
                found[-1][1].append(line)
        return [("\n".join(typed), "\n".join(shown)) for typed, shown in found]


def read_page(text: str) -> list[Prose | Snippet]:
    """Return what a reader sees of a page."""
    seen: list[Prose | Snippet] = []
    at = 0
    for block in _BLOCK_RE.finditer(text):
        seen += _prose(text, at, block.start())
        before = seen[-1] if seen else None
        intro = before.text if isinstance(before, Prose) else ""
        indent = len(block["indent"])
        body = "".join(part[indent:] if part.strip() else part for part in block["body"].splitlines(keepends=True))
        seen.append(Snippet(block["language"], body, text.count("\n", 0, block.start()) + 1, intro))
        at = block.end()
    return seen + _prose(text, at, len(text))


def ports_in(text: str) -> list[int]:
    """Return the ports of this machine that a page names."""
    return sorted({int(port) for port in _PORT_RE.findall(_COMMENT_RE.sub("", text))})


def _prose(text: str, start: int, end: int) -> list[Prose]:
    part = _COMMENT_RE.sub(lambda found: "\n" * found[0].count("\n"), text[start:end])
    first = text.count("\n", 0, start) + 1
    return [
        Prose(" ".join(found[0].split()), first + part.count("\n", 0, found.start()))
        for found in re.finditer(r"(?:^[^\n]*\S[^\n]*(?:\n|\Z))+", part, re.MULTILINE)
    ]
