"""Where a field stands in a spec; where it is missing, the block that lacks it."""

from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import SourceSpan
from intertie.spec.fields import Block, Located
from intertie.spec.model import Spec


def place_of(start: Spec | Block, *path: str) -> SourceSpan:
    """Return the place of the field that attribute names lead to, from a spec or from one of its blocks.

    The walk ends where something is absent: then it is the place of the last block on the way, for a spec without
    the section its first line.
    """
    place = start.span if isinstance(start, Spec) else start.head
    current: object = start
    for name in path:
        current = getattr(current, name, None)
        found = span_of(current)
        if found is None:
            break
        place = found
    return place


def span_of(value: object) -> SourceSpan | None:
    """Return the place of a model value, None where it has none.

    A list's place goes from its first value to its last; a block's is its key or heading.
    """
    if isinstance(value, Located):
        return value.span
    if isinstance(value, Block):
        return value.head
    if isinstance(value, tuple) and value:
        spans = [span for item in value for span in _spans(item)]
        if spans:
            return spans[0].to(spans[-1]) if spans[0] <= spans[-1] else spans[0]
    return None


def _spans(item: object) -> Iterator[SourceSpan]:
    for part in item if isinstance(item, tuple) else (item,):
        span = span_of(part)
        if span is not None:
            yield span
