"""Names that lead back to themselves."""

from __future__ import annotations

import doctest

from hypothesis import given
from hypothesis import strategies as st

from intertie.lint import pairs
from intertie.spec import circles
from intertie.spec.circles import in_circles

_NAMES = "abcdefg"


def test_its_examples_are_true() -> None:
    """The examples of both modules hold."""
    assert doctest.testmod(circles).failed == doctest.testmod(pairs).failed == 0


@given(st.dictionaries(st.sampled_from(_NAMES), st.lists(st.sampled_from(_NAMES), max_size=3)))
def test_exactly_the_names_that_reach_themselves_are_found(refers: dict[str, list[str]]) -> None:
    """A name is on a circle where it can be reached from itself, and nowhere else."""

    def reached(name: str) -> set[str]:
        found: set[str] = set()
        pending = list(refers.get(name, ()))
        while pending:
            following = pending.pop()
            if following not in found:
                found.add(following)
                pending += refers.get(following, ())
        return found

    assert in_circles(refers, lambda name: refers.get(name, ())) == {n for n in _NAMES if n in reached(n)}


def test_a_long_chain_needs_no_deep_stack() -> None:
    """Ten thousand names in a row are followed without recursion."""
    assert in_circles(["0"], lambda name: [str(int(name) + 1)] if int(name) < 10_000 else []) == set()
