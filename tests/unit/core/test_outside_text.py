"""Text from outside, made safe to print."""

from __future__ import annotations

import doctest
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from intertie.core import outside_text
from intertie.core.outside_text import shown, shown_block


def test_its_examples_are_true() -> None:
    """Every example of the module holds."""
    assert doctest.testmod(outside_text).failed == 0


@settings(deadline=None)
@given(st.text(st.characters(codec=None)))
def test_nothing_is_left_that_a_terminal_acts_on(text: str) -> None:
    """No control character, half of a character or mark of direction is left, and the text can be encoded."""
    safe = shown(text, most=None)
    safe.encode()
    assert not any(unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in safe)
    assert not any(
        unicodedata.bidirectional(letter) in {"RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI"} for letter in safe
    )


@settings(deadline=None)
@given(st.text(), st.integers(1, 20))
def test_a_cut_text_is_no_longer_than_asked(text: str, most: int) -> None:
    """At most so many characters of the text are kept before escaping."""
    kept = shown(text, most=most)
    assert kept == shown(text, most=None) if len(text) <= most else kept.endswith("…")


@settings(deadline=None)
@given(st.text())
def test_a_block_keeps_its_lines(text: str) -> None:
    """Line feeds and tabs stay, carriage returns of Windows line ends go."""
    assert shown_block(text).count("\n") == text.count("\n")
