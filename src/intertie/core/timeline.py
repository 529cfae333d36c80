"""A call's events as lines a person can read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from intertie.core.columns import ENDLESS, GLUE, wrapped
from intertie.core.outside_text import shown
from intertie.core.paint import BAD, DIM, NAME, PLAIN, WARN, Paint
from intertie.core.units import seconds_text

_STAGE_WIDTH = 22
_TIME_WIDTH = 11
_STYLES = {"warning": WARN, "error": BAD, "info": NAME}
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
    def severity(self) -> str:
        """How a person should take it: `debug`, `info`, `warning` or `error`."""

    @property
    def detail(self) -> Mapping[str, object]:
        """Numbers and words; durations in seconds with names in `_s`."""


def timeline(events: Sequence[TimelineEvent], *, width: int = ENDLESS, paint: Paint = PLAIN) -> str:
    """Return one line for each event: when, which guard, what it saw or decided.

    Args:
        events: In their order.
        width: Columns of a terminal, where a line that is longer goes on below.
        paint: Colour or none.

    >>> from types import SimpleNamespace
    >>> waited = SimpleNamespace(
    ...     t_s=0.0, stage="rate_limit", severity="info", said="the attempt waited", detail={"waited_s": 0.04}
    ... )
    >>> print(timeline([waited]).strip())
    0.0 ms  rate limit            the attempt waited · waited 40 ms
    """
    if not events:
        return "nothing was recorded: ask for it with explain=True"
    return "\n".join(line for event in events for line in _lines(event, width, paint))


def _lines(event: TimelineEvent, width: int, paint: Paint) -> Iterator[str]:
    when = f"{_since(event.t_s):>9}  "
    lead = f"{when}{event.stage.replace('_', ' '):<{_STAGE_WIDTH}}"
    text = f"{GLUE}· ".join([event.said, *(detail.replace(" ", GLUE) for detail in _details(event.detail))])
    first, *rest = wrapped(shown(text, most=None), width, first=lead, rest=" " * len(lead))
    style = _STYLES.get(event.severity, "")
    yield paint(when, DIM) + paint(first[len(when) : len(lead)], style) + first[len(lead) :]
    yield from rest
    yield from _below(event.detail, width)


def _since(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def _below(detail: Mapping[str, object], width: int) -> Iterator[str]:
    """Yield the lines of an answer's head and body, under the line of their event."""
    lead = " " * (_TIME_WIDTH + _STAGE_WIDTH)
    headers, body = detail.get("headers"), detail.get("body")
    said = [shown(f"{name}: {value}") for name, value in headers.items()] if isinstance(headers, Mapping) else []
    if isinstance(body, str) and body:
        said += [shown(line, most=_LONGEST_LINE) for line in body.split("\n")]
    for line in said:
        text = line.lstrip(" ")
        indent = lead + " " * (len(line) - len(text))
        yield from wrapped(text, width, first=indent, rest=indent + "  ")


def _details(detail: Mapping[str, object]) -> list[str]:
    said: list[str] = []
    for name, value in detail.items():
        if value is None or name in _BELOW:
            continue
        if name.endswith("_s") and isinstance(value, int | float):
            said.append(f"{name[:-2].replace('_', ' ')} {seconds_text(float(f'{value:.4g}'))}")
        elif isinstance(value, bool):
            said.append(f"{name.replace('_', ' ')} {'yes' if value else 'no'}")
        else:
            said.append(f"{name.replace('_', ' ')} {shown(str(value))}")
    return said
