"""Pairs of things that may contradict each other, without comparing each with all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import combinations, islice
from typing import TypeVar

T = TypeVar("T")

MOST_PAIRS = 20_000
"""Pairs that one rule looks at; a spec that people write has far fewer with the same key."""


def pairs(things: Iterable[T], key: Callable[[T], Hashable]) -> Iterator[tuple[T, T]]:
    """Yield the pairs of things with the same key, at most `MOST_PAIRS` of them; the earlier one of a pair is first.

    >>> list(pairs(["a1", "b1", "a2", "a3"], key=lambda text: text[0]))
    [('a1', 'a2'), ('a1', 'a3'), ('a2', 'a3')]
    """
    groups: dict[Hashable, list[T]] = defaultdict(list)
    for thing in things:
        groups[key(thing)].append(thing)
    yield from islice((pair for group in groups.values() for pair in combinations(group, 2)), MOST_PAIRS)
