"""Counted nouns: `1 attempt`, `2 attempts`."""

from __future__ import annotations


def plural(count: int, noun: str, many: str | None = None) -> str:
    """Return a number with its noun.

    Args:
        count: How many.
        noun: The noun for one.
        many: The noun for any other number, where it is not the noun with an `s`.

    >>> plural(1, "attempt"), plural(0, "attempt"), plural(3000, "call"), plural(2, "try", "tries")
    ('1 attempt', '0 attempts', '3,000 calls', '2 tries')
    """
    return f"{count:,} {noun if count == 1 else many or f'{noun}s'}"
