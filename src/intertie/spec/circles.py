"""Names that lead back to themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator


def in_circles(names: Iterable[str], next_names: Callable[[str], Iterable[str]]) -> set[str]:
    """Return the names that lie on a circle of references; each name is followed once.

    Args:
        names: Where to begin.
        next_names: The names that one refers to.

    >>> refers = {"a": "b", "b": "c", "c": "b", "d": "d", "e": "a"}
    >>> sorted(in_circles(refers, lambda name: refers[name]))
    ['b', 'c', 'd']

    Source: R. Tarjan, "Depth-First Search and Linear Graph Algorithms", SIAM J. Comput. 1 (1972), without recursion.
    """
    found: set[str] = set()
    numbers: dict[str, int] = {}
    lowest: dict[str, int] = {}
    path: list[str] = []
    on_path: set[str] = set()
    for start in names:
        if start in numbers:
            continue
        pending: list[tuple[str, Iterator[str]]] = [(start, iter(()))]
        while pending:
            name, rest = pending[-1]
            if name not in numbers:
                numbers[name] = lowest[name] = len(numbers)
                path.append(name)
                on_path.add(name)
                pending[-1] = (name, rest := iter(tuple(next_names(name))))
            for following in rest:
                if following == name:
                    found.add(name)
                if following not in numbers:
                    pending.append((following, iter(())))
                    break
                if following in on_path:
                    lowest[name] = min(lowest[name], numbers[following])
            else:
                pending.pop()
                if pending:
                    above = pending[-1][0]
                    lowest[above] = min(lowest[above], lowest[name])
                if lowest[name] == numbers[name]:
                    circle = _cut(path, name)
                    on_path.difference_update(circle)
                    if len(circle) > 1:
                        found.update(circle)
    return found


def _cut(path: list[str], name: str) -> list[str]:
    """Take everything from `name` on off the path."""
    at = len(path) - 1
    while path[at] != name:
        at -= 1
    circle = path[at:]
    del path[at:]
    return circle
