"""Depth and number of values of JSON are found out before it becomes data, and exactly."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intertie.runtime import bounds

texts = st.text(alphabet='[]{}",\\:ab\n', max_size=8)
documents = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=40,
)


def measured(document) -> tuple[int, int]:
    """Depth and values of a document, counted on its data; an empty container counts twice."""
    if not isinstance(document, dict | list):
        return 0, 1
    members = list(document.values()) if isinstance(document, dict) else document
    found = [measured(member) for member in members]
    return 1 + max((depth for depth, _ in found), default=0), 1 + sum(count for _, count in found) + (not members)


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Bounds that a small document can exceed."""
    monkeypatch.setattr(bounds, "DEEPEST", 3)
    monkeypatch.setattr(bounds, "MOST_VALUES", 12)
    monkeypatch.setattr(bounds, "_FEW_BYTES", 0)
    monkeypatch.setattr(bounds, "_HARMLESS_BYTES", 0)
    monkeypatch.setattr(bounds, "_FLAT_ROUNDS", 0)


@settings(max_examples=500, deadline=None)
@given(documents, st.sampled_from([None, 2]), st.booleans())
def test_both_bounds_are_exact(document, indent, ascii_only):
    """Whatever brackets, commas, quotes and backslashes its strings hold."""
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only).encode()
    depth, values = measured(document)
    if depth <= 3 and values <= 12:
        assert bounds.decode_json(text) == document
    else:
        with pytest.raises(bounds.BoundsError, match="nested" if values <= 12 else "values|nested"):
            bounds.decode_json(text)


@settings(max_examples=200, deadline=None)
@given(documents, st.data())
def test_what_is_no_json_is_refused_by_one_or_the_other(document, data):
    """A broken document ends in a refusal, never in another error."""
    text = json.dumps(document)
    at = data.draw(st.integers(0, len(text)))
    broken = (text[:at] + data.draw(texts) + text[at:]).encode()
    try:
        bounds.decode_json(broken)
    except (bounds.BoundsError, bounds.msgspec.DecodeError):
        return
    assert json.loads(broken, strict=False) is not None or broken.strip() == b"null"
