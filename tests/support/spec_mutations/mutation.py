"""One seeded defect."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutation:
    """One defect.

    Attributes:
        name: What is wrong, in words.
        spec: A clean spec's file name without its ending, under `examples/specs` or `tests/data/clean/specs`.
        old, new: The text that is replaced, once; `old` stands in the file where `after` has been found.
        after: A text that `old` comes after, empty where its first place is meant.
        also: Headings of further sections that belong to the contradiction: a finding there is at the right place too.
    """

    name: str
    spec: str
    old: str
    new: str
    after: str = ""
    also: tuple[str, ...] = ()


def of(spec: str, *rows: tuple[str, ...]) -> tuple[Mutation, ...]:
    """Return the defects of one spec; a row is name, old, new and, where needed, `after` and the headings of `also`."""
    return tuple(Mutation(row[0], spec, row[1], row[2], row[3] if len(row) > 3 else "", row[4:]) for row in rows)
