"""Findings ignored in the spec itself, by comments that say which, why, and until when.

`<!-- intertie: ignore TIE212 reason="…" until=2027-01-31 -->` stands on the line before; before a fence it is for the
whole block. `# intertie: ignore[TIE212] reason until 2027-01-31` stands on or above a line of YAML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from msgspec import Struct

from intertie.diagnostics import Diagnostic, Edit, Fix, SourceSpan
from intertie.lint.codes import EXPIRED, REASONLESS, UNREADABLE, UNUSED
from intertie.lint.dates import parse_date
from intertie.lint.mending import remove_lines
from intertie.lint.registry import BY_CODE, find_rule, nearest
from intertie.lint.rule import ReportedCode

_MARKDOWN_RE = re.compile(r"<!--\s*intertie:\s*ignore\b(?P<rest>.*?)-->")
_YAML_RE = re.compile(r"(?:^|\s)#\s*intertie:\s*ignore\b(?P<rest>.*)$")
_CODES_RE = re.compile(r"\s*\[(?P<listed>[^\]]*)\]|(?P<plain>(?:[\s,]*\b(?:[Tt][Ii][Ee]\w+|[a-z]+(?:-[a-z]+)+)\b)+)")
_REASON_RE = re.compile(r"""\breason\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"']+))""")
_UNTIL_RE = re.compile(r"\buntil\s*[=:]?\s*(?P<day>\S+)")
_FENCE_RE = re.compile(r"\s*(?P<fence>`{3,}|~{3,})(?P<rest>.*)$")


class Ignore(Struct, frozen=True):
    """One comment.

    Attributes:
        span: The comment.
        codes: The rules it names, each with the place of its name; those that are not there are left out.
        first, last: Lines whose findings it is for.
        reason: Empty where none is given.
        until: The last day it holds, None where it holds for ever.
        alone: Nothing else stands on its line.
    """

    span: SourceSpan
    codes: tuple[tuple[str, SourceSpan], ...]
    first: int
    last: int
    reason: str
    until: date | None
    alone: bool


class Ignores:
    """The comments of one file, applied to its findings.

    Args:
        path: The file, as its spans call it.
        text: With line feeds for line ends.
        today: The day that `until` is judged by (UTC).
        in_yaml: The whole file is YAML, such as a case.
    """

    def __init__(self, path: str, text: str, *, today: date, in_yaml: bool = False) -> None:
        self._path = path
        self._in_yaml = in_yaml
        self._today = today
        self._lines = text.split("\n")
        self._wrong: list[Diagnostic] = []
        self._ignores = list(self._read()) if "intertie:" in text else []

    def apply(self, found: Iterable[Diagnostic], *, judged: frozenset[str]) -> Iterator[Diagnostic]:
        """Yield the findings that no comment ignores, then what is wrong with the comments.

        Args:
            found: Findings of the file.
            judged: Codes of the rules that have run: an ignore of another one can't be called unused.
        """
        used: set[tuple[int, str]] = set()
        for finding in found:
            by = [number for number, each in enumerate(self._ignores) if self._covers(each, finding)]
            used.update((number, finding.code) for number in by)
            if not by:
                yield finding
        yield from self._wrong
        for number, each in enumerate(self._ignores):
            yield from self._judge(each, {code for of, code in used if of == number}, judged)

    def _covers(self, ignore: Ignore, finding: Diagnostic) -> bool:
        return (
            finding.span.path == self._path
            and ignore.first <= finding.span.line <= ignore.last
            and any(code == finding.code for code, _ in ignore.codes)
            and not self._is_over(ignore)
        )

    def _is_over(self, ignore: Ignore) -> bool:
        return ignore.until is not None and ignore.until < self._today

    def _judge(self, ignore: Ignore, used: set[str], judged: frozenset[str]) -> Iterator[Diagnostic]:
        if not ignore.codes:
            return
        if not ignore.reason:
            yield self._finding(
                REASONLESS,
                ignore.span,
                "this ignore comment gives no reason",
                'add `reason="…"`, so that others can judge it later',
            )
        if self._is_over(ignore):
            yield self._finding(
                EXPIRED, ignore.span, f"this ignore comment expired on {ignore.until}",
                "fix what it hides, or set a later date",
            )  # fmt: skip
            return
        idle = [(code, span) for code, span in ignore.codes if code not in used and code in judged]
        for code, span in idle:
            whole = len(idle) == len(ignore.codes)
            yield self._finding(
                UNUSED, span, f"{code} {BY_CODE[code].name} finds nothing here, so there is nothing to ignore",
                "remove the comment" if whole else f"remove {code} from the list",
                fix=self._without(ignore) if whole and code == idle[0][0] else None,
            )  # fmt: skip

    def _without(self, ignore: Ignore) -> Fix:
        if ignore.alone:
            return remove_lines("remove the comment", ignore.span)
        line = self._lines[ignore.span.line - 1]
        start = len(line[: ignore.span.column - 1].rstrip()) + 1
        span = SourceSpan(self._path, ignore.span.line, start, ignore.span.end_line, ignore.span.end_column)
        return Fix("remove the comment", (Edit(span, ""),))

    # Reading

    def _read(self) -> Iterator[Ignore]:
        fence = "---" if self._lines and self._lines[0].strip() == "---" else ""
        for number, line in enumerate(self._lines, start=1):
            if number > 1 or not fence:
                fence = _fence_after(line, fence)
            if "intertie:" not in line:
                continue
            in_yaml = self._in_yaml or bool(fence)
            match = (_YAML_RE if in_yaml else _MARKDOWN_RE).search(line)
            if match is None:
                continue
            start = match.start() + len(match.group()) - len(match.group().lstrip())
            span = SourceSpan(self._path, number, start + 1, number, match.end() + 1)
            alone = not (line[: match.start()] + line[match.end() :]).strip()
            first, last = self._target(number, alone=alone, in_yaml=in_yaml)
            yield self._ignore(span, match, (first, last), alone=alone)

    def _ignore(self, span: SourceSpan, match: re.Match[str], lines: tuple[int, int], *, alone: bool) -> Ignore:
        rest = match["rest"]
        listed = _CODES_RE.match(rest)
        codes = tuple(self._codes(listed, span, match.start("rest"))) if listed else ()
        if not codes and not any(wrong.span.line == span.line for wrong in self._wrong):
            self._wrong.append(
                self._finding(
                    UNREADABLE, span, "this ignore comment names no rule", "name a rule by its code, such as `TIE212`"
                )
            )
        said = rest[listed.end() :] if listed else rest
        until = None
        day = _UNTIL_RE.search(said)
        if day is not None:
            until = parse_date(day["day"].strip("\"'.,;)"))
            said = said[: day.start()] + said[day.end() :]
            if until is None:
                self._wrong.append(
                    self._finding(UNREADABLE, span, "the date after `until` can't be read", "write it as `2027-01-31`")
                )
        named = _REASON_RE.search(said)
        reason = (
            next((group for group in named.groups() if group), "") if named else re.sub(r"\breason\b\s*=?", "", said)
        )
        return Ignore(span, codes, *lines, reason.strip(" \t:;,.-()\"'"), until, alone)

    def _codes(self, listed: re.Match[str], span: SourceSpan, offset: int) -> Iterator[tuple[str, SourceSpan]]:
        group = "listed" if listed["listed"] is not None else "plain"
        for word in re.finditer(r"[\w-]+", listed[group]):
            start = offset + listed.start(group) + word.start() + 1
            place = SourceSpan(self._path, span.line, start, span.line, start + len(word.group()))
            known = find_rule(word.group())
            if known is not None:
                yield known.code, place
                continue
            near = nearest(word.group())
            fix = Fix(f"write {near}", (Edit(place, near),)) if near else None
            hint = f"did you mean `{near}`?" if near else "`intertie rule` lists them"
            self._wrong.append(
                self._finding(UNREADABLE, place, f"there is no rule `{word.group()}` to ignore", hint, fix=fix)
            )

    def _target(self, number: int, *, alone: bool, in_yaml: bool) -> tuple[int, int]:
        """Return the lines a comment on line `number` is for."""
        if not alone:
            return number, number
        following = number + 1
        while following <= len(self._lines) and self._is_passed_over(self._lines[following - 1], in_yaml=in_yaml):
            following += 1
        if following > len(self._lines):
            return number, number
        opening = _FENCE_RE.match(self._lines[following - 1])
        if opening is None or in_yaml:
            return following, following
        last = following + 1
        while last < len(self._lines) and not self._lines[last - 1].strip().startswith(opening["fence"]):
            last += 1
        return following, last

    @staticmethod
    def _is_passed_over(line: str, *, in_yaml: bool) -> bool:
        stripped = line.strip()
        return not stripped or (stripped.startswith("#") if in_yaml else _MARKDOWN_RE.fullmatch(stripped) is not None)

    @staticmethod
    def _finding(
        row: ReportedCode, span: SourceSpan, message: str, help_text: str, *, fix: Fix | None = None
    ) -> Diagnostic:
        return Diagnostic(row.code, row.name, row.severity, message, span, help_text, fix=fix)


def _fence_after(line: str, fence: str) -> str:
    """Return the mark of the fence that is open after a line, empty where none is."""
    stripped = line.strip()
    if fence == "---":
        return "" if stripped in ("---", "...") else fence
    if fence:
        return "" if stripped.startswith(fence) and not stripped.strip(fence[0]) else fence
    opening = _FENCE_RE.match(line)
    return opening["fence"] if opening else ""
