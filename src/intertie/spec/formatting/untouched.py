"""YAML blocks that can't be formatted safely, each with why."""

from __future__ import annotations

import re
from collections.abc import Iterable

import yaml
from msgspec import Struct

from intertie.diagnostics import Diagnostic, SourceSpan
from intertie.spec import codes
from intertie.spec.formatting.text import FileText
from intertie.spec.tree import Document

_HARMFUL = {
    code.code: why
    for code, why in (
        (codes.YAML_SYNTAX, "it has a syntax error"),
        (codes.YAML_TAG, "it has a tag that is refused"),
        (codes.TOO_DEEP, "it is nested too deep"),
        (codes.TOO_MANY_ALIASES, "its aliases expand to too much"),
        (codes.FILE_TOO_LARGE, "it is too large"),
        (codes.DUPLICATE_KEY, "a key is given twice in it"),
        (codes.BLOCK_CONFLICT, "a key is given twice, here and in another block"),
        (codes.NOT_A_MAPPING, "it holds no keys"),
        (codes.UNCLOSED_FENCE, "it is not closed"),
    )
}
_SHARES_RE = re.compile(r"[&*]\w|<<")


class Untouched(Struct, frozen=True):
    """A block that stays as it is.

    Attributes:
        line: Of what is in the way.
        why: Half a sentence.
    """

    line: int
    why: str


class Blocks:
    """The YAML blocks of a file, by the lines they take."""

    def __init__(self, document: Document, diagnostics: Iterable[Diagnostic], text: FileText) -> None:
        spans = [block.span for section in document.sections for part in section.walk() for block in part.blocks]
        if document.front_matter is not None:
            spans.append(document.front_matter.span)
        self._spans = spans
        self.untouched = tuple(sorted({*self._harmed(diagnostics), *self._sharing(text)}, key=lambda each: each.line))
        self._left = [span for span in spans if any(_holds(span, each.line) for each in self.untouched)]

    def are_open(self, *places: SourceSpan) -> bool:
        """Return whether places lie in blocks that may be formatted: prose, and what is in the way, may not."""
        return all(
            any(_holds(span, place.line) and _holds(span, place.end_line) for span in self._spans)
            and not any(_holds(span, place.line) for span in self._left)
            for place in places
        )

    def _harmed(self, diagnostics: Iterable[Diagnostic]) -> list[Untouched]:
        found = []
        for diagnostic in diagnostics:
            why = _HARMFUL.get(diagnostic.code)
            if why is not None:
                found.append(Untouched(diagnostic.span.line, why))
                found += [
                    Untouched(label.span.line, why)
                    for label in diagnostic.related
                    if label.span.path == diagnostic.span.path
                ]
        return found

    def _sharing(self, text: FileText) -> list[Untouched]:
        """Return the blocks with anchors and aliases: their order has a meaning."""
        found = []
        for span in self._spans:
            written = text.slice(span)
            if _SHARES_RE.search(written) and _has_alias(_content(written)):
                found.append(Untouched(span.line, "values in it are shared by `&` and `*`"))
        return found


def _content(written: str) -> str:
    """Return a block without the fences around it."""
    lines = written.splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith(("```", "~~~")))


def _has_alias(content: str) -> bool:
    try:
        return any(isinstance(token, yaml.AliasToken | yaml.AnchorToken) for token in yaml.scan(content))
    except yaml.YAMLError:
        return True


def _holds(span: SourceSpan, line: int) -> bool:
    return span.line <= line <= span.end_line
