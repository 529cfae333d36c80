"""The template with what is known filled in."""

from __future__ import annotations

import pytest

from intertie.spec.draft import Draft, draft_text


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("X", "name: X"), ("Parcel Rates (EU)", "name: Parcel Rates (EU)"), ("No", 'name: "No"'), ("null", 'name: "null"'),
        ("a: b", 'name: "a: b"'), ("N", 'name: "N"'),
    ],
)  # fmt: skip
def test_a_name_is_quoted_where_it_has_to_be(name: str, line: str):
    """One letter needs no quotes; a word that some reader of YAML takes for something else does."""
    assert f"\n{line}\n" in draft_text(Draft("INT-001", name, "x"))
