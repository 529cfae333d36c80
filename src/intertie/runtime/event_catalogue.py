"""Every event that a call can emit: one table for docs, metrics and tests.

Names are stable. `severity` is how a person should take it: `debug` for what always happens, `info` for a decision that
changed the call's course, `warning` for what somebody should know, `error` for what a person has to fix. Details
hold numbers and words, never data of the caller, never a secret; `answer` alone holds what the service sent, masked and
cut, and only the caller who asks for an explanation gets it.
"""

from __future__ import annotations

from typing import NamedTuple

from intertie.runtime.guard import EventKind
from intertie.runtime.order import ORDER


class CatalogueRow(NamedTuple):
    """An event, and the stage that emits it."""

    stage: str
    kind: EventKind


CATALOGUE: tuple[CatalogueRow, ...] = tuple(CatalogueRow(guard.stage, kind) for guard in ORDER for kind in guard.events)

_KNOWN = {(row.stage, row.kind.event): row.kind for row in CATALOGUE}


def kind_of(stage: str, event: str) -> EventKind | None:
    """Return the row of an event, None where there is none.

    >>> kind_of("retry", "retry").severity
    'info'
    """
    return _KNOWN.get((stage, event))


def events_markdown() -> str:
    """Return the page `docs/reference/events.md`."""
    lines = [
        "# Events",
        "",
        "Generated from the catalogue. What the guards saw and decided on one call: in `--explain`, in",
        "`Result.events`, in `CallError.events`. Names are stable. Details hold numbers and words, never data, never a",
        "secret; durations are in seconds and end in `_s`. One event is different: `answer` holds head and body of an",
        "attempt's answer, masked and cut. Only an explained call has it, and listeners never get it.",
        "",
        "| stage | event | severity | what happened | details |",
        "|---|---|---|---|---|",
    ]
    for stage, kind in CATALOGUE:
        detail = ", ".join(f"`{name}`" for name in kind.detail) or "-"
        lines.append(f"| `{stage}` | `{kind.event}` | {kind.severity} | {kind.says} | {detail} |")
    return "\n".join(lines) + "\n"
