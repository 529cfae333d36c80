"""Fixes for findings that parser and compiler make: by code, from the finding and the text it points at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from msgspec.structs import replace

from intertie.diagnostics import Applicability, Diagnostic, Edit, Fix, SourceSpan
from intertie.lint.mending import remove_lines
from intertie.spec.model import Spec
from intertie.spec.yaml_text import without_colon

_MEANT_RE = re.compile(r"did you mean `([^`]+)`\?")
_NAMED_RE = re.compile(r"there is no transform `([^`]+)`")
_KEY_RE = re.compile(r"^(?P<head>\s*(?:-\s+)*(?:[^\s:#][^:#]*:\s+)?)(?P<value>\S.*?)(?P<comment>\s+#.*)?$")
_YEAR_FIRST_RE = re.compile(r"(\d{4})[./](\d{1,2})[./](\d{1,2})\Z")
_DAY_FIRST_RE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})\Z")

Fixer: TypeAlias = Callable[[Diagnostic, "Lines"], Fix | None]


class Lines:
    """A file's lines as places count them."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")

    def line(self, number: int) -> str:
        """Return line `number` (1-based), empty where there is none."""
        return self._lines[number - 1] if 1 <= number <= len(self._lines) else ""

    def slice(self, span: SourceSpan) -> str:
        """Return the text of a span on one line, empty where it goes over several."""
        return self.line(span.line)[span.column - 1 : span.end_column - 1] if span.line == span.end_line else ""


def with_fixes(found: Iterable[Diagnostic], spec: Spec) -> Iterator[Diagnostic]:
    """Yield the findings; those of a code in `FIXERS` get its fix where they have none and the text allows one."""
    lines = Lines(spec.document.text)
    for finding in found:
        fixer = FIXERS.get(finding.name)
        fix = fixer(finding, lines) if fixer and finding.fix is None and finding.span.path == spec.path else None
        yield finding if fix is None else replace(finding, fix=fix)


def _meant(finding: Diagnostic, lines: Lines) -> Fix | None:
    """Write what the help says was meant."""
    meant = _MEANT_RE.search(finding.help or "") or _MEANT_RE.search(finding.message)
    written = lines.slice(finding.span)
    if meant is None or not written:
        return None
    wrong = _NAMED_RE.search(finding.message)
    text = written.replace(wrong.group(1), meant.group(1), 1) if wrong else meant.group(1)
    if written[:1] in ("'", '"') and text[:1] != written[:1]:
        text = f"{written[0]}{text}{written[0]}"
    return None if text == written else _write(text, finding.span, Applicability.UNSAFE)


def _quoted(finding: Diagnostic, lines: Lines) -> Fix | None:
    """Quote a value that YAML takes for something else; a condition is written without its colon."""
    colon = "has no colon" in finding.message
    if not colon and "must be quoted" not in finding.message and "unless it is quoted" not in finding.message:
        return None
    match = _KEY_RE.match(lines.line(finding.span.line))
    if match is None or finding.span.column - 1 != match.start("value"):
        return None
    value = match["value"].rstrip()
    quote = next((mark for mark in ('"', "'") if mark not in value and "\\" not in value), None)
    plain = without_colon(value) if colon else None
    if quote is None or (colon and plain is None):
        return None
    start = match.start("value") + 1
    span = SourceSpan(finding.span.path, finding.span.line, start, finding.span.line, start + len(value))
    if plain is not None:
        return Fix("remove the colon", (Edit(span, plain),))
    return Fix("quote it", (Edit(span, f"{quote}{value}{quote}"),))


def _second_alike(finding: Diagnostic, lines: Lines) -> Fix | None:
    """Take out a key that stands twice with the same value, each on a line of its own."""
    first = finding.related[0].span if finding.related else None
    line = lines.line(finding.span.line)
    if first is None or first.path != finding.span.path or line[: finding.span.column - 1].strip():
        return None
    deeper = lines.line(finding.span.line + 1)
    goes_on = deeper.strip() and len(deeper) - len(deeper.lstrip()) > finding.span.column - 1
    if goes_on or lines.line(first.line).strip() != line.strip() or line.rstrip().endswith((":", "{", "[", "|", ">")):
        return None
    return remove_lines("remove the second one", finding.span)


def _iso_date(finding: Diagnostic, lines: Lines) -> Fix | None:
    """Write a date year first."""
    written = lines.slice(finding.span)
    bare = written.strip("'\"")
    if match := _YEAR_FIRST_RE.match(bare):
        year, month, day = match.groups()
    elif match := _DAY_FIRST_RE.match(bare):
        day, month, year = match.groups()
    else:
        return None
    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
        return None
    return _write(f"{year}-{int(month):02}-{int(day):02}", finding.span)


def _over_tls(finding: Diagnostic, lines: Lines) -> Fix | None:
    """Write https for http."""
    written = lines.slice(finding.span)
    at = written.lower().find("http://")
    if at < 0:
        return None
    start = finding.span.column + at
    span = SourceSpan(finding.span.path, finding.span.line, start, finding.span.line, start + len("http"))
    return Fix("write https", (Edit(span, "https"),), Applicability.UNSAFE)


def _labelled(finding: Diagnostic, lines: Lines) -> Fix | None:
    """Say that a fence holds YAML."""
    line = lines.line(finding.span.line)
    match = re.match(r"\s*(`{3,}|~{3,})\s*$", line)
    if match is None:
        return None
    place = SourceSpan(finding.span.path, finding.span.line, match.end(1) + 1, finding.span.line, len(line) + 1)
    return Fix("write yaml", (Edit(place, "yaml"),))


def _write(text: str, span: SourceSpan, applicability: Applicability = Applicability.SAFE) -> Fix:
    return Fix(f"write {text}", (Edit(span, text),), applicability)


FIXERS: dict[str, Fixer] = {
    "yaml-syntax": _quoted,
    "duplicate-key": _second_alike,
    "unlabelled-fence": _labelled,
    "ref-unresolved": _meant,
    "related-missing": _meant,
    "invalid-choice": _meant,
    "unknown-endpoint": _meant,
    "unknown-transform": _meant,
    "misspelt-schedule-version": _meant,
    "current-version-unsupported": _meant,
    "invalid-date": _iso_date,
    "plain-http": _over_tls,
    "plain-http-token-url": _over_tls,
}
"""Name of a rule -> how its finding is mended."""
