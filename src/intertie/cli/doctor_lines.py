"""What `intertie doctor` found, as lines of at most 80 columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import TYPE_CHECKING

from intertie.cli.common import plural
from intertie.core.outside_text import shown
from intertie.diagnostics.render.paint import STRONG, Paint

if TYPE_CHECKING:
    from intertie.app.doctor.check import Check
    from intertie.app.doctor.examination import Examined

WIDTH = 80
_STYLES = {"ok": "32", "warning": "1;33", "problem": "1;31"}
_LEVEL_COLUMN, _ABOUT_COLUMN = 9, 13


def doctor_lines(examined: Iterable[Examined], paint: Paint) -> Iterator[str]:
    """Yield a heading for each spec and, for each check, its level, what it is about, what was seen and the fix."""
    for position, each in enumerate(examined):
        if position:
            yield ""
        yield from (paint(line, STRONG) for line in _wrapped(shown(each.title), WIDTH))
        for check in each.checks:
            yield from _check_lines(check, paint)


def summary_line(checks: list[Check]) -> str:
    """Return how it went, in one line."""
    problems = sum(check.level == "problem" for check in checks)
    warnings = sum(check.level == "warning" for check in checks)
    if not problems and not warnings:
        return f"{plural(len(checks), 'check')}, all well"
    counts = [plural(count, word) for count, word in ((problems, "problem"), (warnings, "warning")) if count]
    return f"{plural(len(checks), 'check')}: {', '.join(counts)}"


def _check_lines(check: Check, paint: Paint) -> Iterator[str]:
    indent = " " * (2 + _LEVEL_COLUMN + _ABOUT_COLUMN)
    lines = _wrapped(shown(check.what, most=None), WIDTH - len(indent))
    level = paint(check.level.value, _STYLES[check.level.value]) + " " * (_LEVEL_COLUMN - len(check.level.value))
    yield f"  {level}{check.about:<{_ABOUT_COLUMN}}{lines[0]}"
    yield from (f"{indent}{line}" for line in lines[1:])
    if check.fix is not None:
        first, *later = _wrapped(shown(check.fix, most=None), WIDTH - len(indent) - len("fix: "))
        yield f"{indent}{paint('fix:', STRONG)} {first}"
        yield from (f"{indent}     {line}" for line in later)


def _wrapped(text: str, width: int) -> list[str]:
    """Return a text in lines; a path or reference that is longer than a line stays whole, so that it can be copied."""
    return wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]
