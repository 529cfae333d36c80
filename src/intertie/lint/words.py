"""Numbers and lists in sentences."""

from __future__ import annotations

from collections.abc import Iterable


def listed(words: Iterable[str]) -> str:
    """Return words as a sentence has them.

    >>> listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    """
    all_of_them = list(words)
    if len(all_of_them) < 2:
        return "".join(all_of_them)
    return f"{', '.join(all_of_them[:-1])} and {all_of_them[-1]}"


def percent(share: float) -> str:
    """Return a share of 1 as people say it.

    >>> percent(0.005), percent(0.99995), percent(0.000125)
    ('0.5 %', '99.995 %', '0.0125 %')
    """
    return f"{float(f'{share * 100:.6g}'):.10g} %"
