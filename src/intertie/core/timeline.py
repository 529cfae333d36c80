"""A call's events as lines a person can read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from intertie.core.outside_text import shown
from intertie.core.units import seconds_text

_STAGE_WIDTH = 22
_TIME_WIDTH = 11
_LONGEST_LINE = 1000
_BELOW = frozenset({"headers", "body"})


class TimelineEvent(Protocol):
    """One thing a guard saw or decided."""

    @property
    def t_s(self) -> float:
        """Seconds since the call started."""

    @property
    def stage(self) -> str:
        """Which guard."""

    @property
    def event(self) -> str:
        """What happened: a stable name."""

    @property
    def said(self) -> str:
        """What happened, in words."""

    @property
    def detail(self) -> Mapping[str, object]:
        """Numbers and words; durations in seconds with names in `_s`."""


def timeline(events: Sequence[TimelineEvent]) -> str:
    """Return one line per event: when, which guard, what it saw or decided.

    >>> from types import SimpleNamespace
    >>> waited = SimpleNamespace(
    ...     t_s=0.0, stage="rate_limit", event="wait", said="it waited for its turn", detail={"waited_s": 0.04}
    ... )
    >>> print(timeline([waited]).strip())
    0.0 ms  rate limit            wait: it waited for its turn · waited 40 ms
    """
    if not events:
        return "nothing was recorded: ask for it with explain=True"
    return "\n".join(
        f"{event.t_s * 1000:>6.1f} ms  {event.stage.replace('_', ' '):<{_STAGE_WIDTH}}{_said(event)}".rstrip()
        for event in events
    )


def _said(event: TimelineEvent) -> str:
    parts = [f"{event.event.replace('_', ' ')}: {event.said}", *_details(event.detail)]
    return "\n".join([" · ".join(parts), *_below(event.detail)])


def _below(detail: Mapping[str, object]) -> Iterator[str]:
    """Yield the lines of an answer's head and body, under the line of their event."""
    lead = " " * (_TIME_WIDTH + _STAGE_WIDTH)
    headers, body = detail.get("headers"), detail.get("body")
    if isinstance(headers, Mapping):
        yield from (f"{lead}{shown(f'{name}: {value}')}" for name, value in headers.items())
    if isinstance(body, str) and body:
        yield from (f"{lead}{shown(line, most=_LONGEST_LINE)}" for line in body.split("\n"))


def _details(detail: Mapping[str, object]) -> list[str]:
    said: list[str] = []
    for name, value in detail.items():
        if value is None or name in _BELOW:
            continue
        if name.endswith("_s") and isinstance(value, int | float):
            said.append(f"{name[:-2].replace('_', ' ')} {seconds_text(float(value))}")
        elif isinstance(value, bool):
            said.append(f"{name.replace('_', ' ')} {'yes' if value else 'no'}")
        else:
            said.append(f"{name.replace('_', ' ')} {shown(str(value))}")
    return said
