"""What `intertie doctor` found, laid out for a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from intertie.cli.layout import BAD, GOOD, STRONG, WARN, Layout
from intertie.core.outside_text import shown
from intertie.core.plurals import plural

if TYPE_CHECKING:
    from intertie.app.doctor.check import Check
    from intertie.app.doctor.examination import Examined

_STYLES = {"ok": GOOD, "warning": f"{STRONG};{WARN}", "problem": f"{STRONG};{BAD}"}
_LEVEL_COLUMN, _ABOUT_COLUMN = 9, 13
_TEXT_COLUMN = 2 + _LEVEL_COLUMN + _ABOUT_COLUMN


def doctor_lines(examined: Iterable[Examined], layout: Layout) -> Iterator[str]:
    """Yield a heading for each spec and, for each check, its level, what it is about, what was seen and the fix."""
    for position, each in enumerate(examined):
        if position:
            yield ""
        yield from layout.text(shown(each.title), hanging=2, style=STRONG)
        for check in each.checks:
            yield from _check_lines(check, layout)


def summary_line(checks: list[Check]) -> str:
    """Return how it went, in one line."""
    problems = sum(check.level == "problem" for check in checks)
    warnings = sum(check.level == "warning" for check in checks)
    if not problems and not warnings:
        return f"{plural(len(checks), 'check')} passed"
    counts = [plural(count, word) for count, word in ((problems, "problem"), (warnings, "warning")) if count]
    return f"{plural(len(checks), 'check')}: {', '.join(counts)}"


def _check_lines(check: Check, layout: Layout) -> Iterator[str]:
    lead = f"  {check.level.value:<{_LEVEL_COLUMN}}{check.about:<{_ABOUT_COLUMN}}"
    first, *rest = layout.beside(lead, shown(check.what, most=None), column=_TEXT_COLUMN)
    yield first[:2] + layout.paint(check.level.value, _STYLES[check.level.value]) + first[2 + len(check.level.value) :]
    yield from rest
    if check.fix is not None:
        lead = " " * _TEXT_COLUMN + "fix: "
        yield from layout.beside(lead, shown(check.fix, most=None), column=len(lead), style=STRONG)
