"""A comparison for a pull request."""

from __future__ import annotations

import re

from intertie.comparing.change import Change, Impact
from intertie.comparing.compare import Comparison
from intertie.comparing.render.names import Names, totals
from intertie.diagnostics.render.width import printable

_SPECIAL_RE = re.compile(r"([\\*\[\]<>#|~]|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z]))")
_HEADINGS = {
    Impact.BREAKING: "Breaking: code that calls today can fail",
    Impact.RISKY: "Risky: shows under load, in failures, later, or on the bill",
    Impact.SAFE: "Safe",
}


def comparison_markdown(comparison: Comparison, names: Names) -> str:
    """Return a section with a table for each impact; the safe ones are folded."""
    lines = [f"## {_text(comparison.title)}", "", f"**{totals(comparison)}**", ""]
    for impact in Impact:
        changes = [change for change in comparison.changes if change.impact is impact]
        if not changes:
            continue
        if impact is Impact.SAFE:
            lines += ["<details>", f"<summary>{_HEADINGS[impact]} ({len(changes)})</summary>", ""]
        else:
            lines += [f"### {_HEADINGS[impact]}", ""]
        lines += ["| what | was | is | why | where |", "|---|---|---|---|---|"]
        lines += [_row(change, names) for change in changes]
        lines += ["", "</details>", ""] if impact is Impact.SAFE else [""]
    return "\n".join(lines).rstrip() + "\n"


def _row(change: Change, names: Names) -> str:
    cells = [_text(change.subject), _code(change.old), _code(change.new), _reason(change), _where(change, names)]
    return f"| {' | '.join(cells)} |"


def _reason(change: Change) -> str:
    reason = _prose(change.reason)
    return (
        f"{reason} ({', '.join(_code(name) for name in change.operations)})" if len(change.operations) > 1 else reason
    )


def _where(change: Change, names: Names) -> str:
    old, new = names.old_place(change.old_place), names.new_place(change.new_place)
    return _code(new) if old == new else f"{_code(old)} → {_code(new)}"


def _code(text: str | None) -> str:
    """Return a text as code in a cell of a table."""
    if text is None:
        return "-"
    shown = printable(text).replace("|", "\\|")
    ticks = "`" * (1 + max((len(run) for run in re.findall(r"`+", shown)), default=0))
    gap = " " if shown.startswith("`") or shown.endswith("`") or not shown else ""
    return f"{ticks}{gap}{shown}{gap}{ticks}"


def _text(text: str) -> str:
    return _SPECIAL_RE.sub(r"\\\1", printable(text))


def _prose(text: str) -> str:
    """Return a sentence whose parts between backticks stay code."""
    return "".join(_inline(part) for part in re.findall(r"`[^`]*`|[^`]+|`", printable(text)))


def _inline(part: str) -> str:
    return part.replace("|", "\\|") if part.startswith("`") and len(part) > 1 else _SPECIAL_RE.sub(r"\\\1", part)
