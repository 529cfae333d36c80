"""What is written through a path is what the same path reads."""

from __future__ import annotations

import copy

from hypothesis import given, settings
from hypothesis import strategies as st

from intertie.runtime.mapping import MISSING, MappingSyntaxError, parse_path

NAMES = st.text(min_size=1, max_size=6)
VALUES = st.none() | st.booleans() | st.integers() | st.text()
STEPS = st.lists(NAMES | st.integers(0, 5) | st.just("[]"), min_size=1, max_size=6)


def quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'["{escaped}"]'


def text_of(steps: list[object]) -> str:
    return "".join(
        "[]" if step == "[]" else f"[{step}]" if isinstance(step, int) else quoted(str(step)) for step in steps
    )


def value_of(depth: int) -> st.SearchStrategy[object]:
    return VALUES if not depth else st.lists(value_of(depth - 1), min_size=1, max_size=3)


@given(st.data(), st.builds(lambda name, rest: [name, *rest], NAMES.filter(lambda name: name != "[]"), STEPS))
@settings(deadline=None, max_examples=120)
def test_write_then_read_gives_the_value(data, steps):
    """Any names, positions and nested `[]`: the path reads back exactly what it wrote."""
    path = parse_path(text_of(steps))
    value = data.draw(value_of(path.depth))
    target: dict[str, object] = {}
    path.write(target, copy.deepcopy(value))
    assert path.read(target) == value


@given(
    steps=st.lists(st.from_regex(r"[a-z_][a-z0-9_]{0,5}", fullmatch=True), min_size=1, max_size=5),
    value=VALUES,
    other=VALUES,
)
@settings(deadline=None, max_examples=80)
def test_writing_touches_nothing_else(steps, value, other):
    """What stands beside the path stays."""
    target: dict[str, object] = {"0": other}
    parse_path(".".join(steps)).write(target, value)
    assert target["0"] == other
    assert parse_path(".".join(steps)).read(target) == value


@given(st.text(max_size=30))
@settings(deadline=None, max_examples=300)
def test_any_text_is_a_path_or_a_syntax_error(text):
    """Parsing never does anything else, and a path that parses never fails to read."""
    try:
        path = parse_path(text)
    except MappingSyntaxError as error:
        assert 0 <= error.offset <= len(text)  # noqa: PT017  # both outcomes are right
        return
    for source in ({}, [], None, 1, "x", {"a": [{"b": 1}]}):
        path.read(source)


JSON = st.recursive(
    VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=10
)


@given(source=JSON, steps=STEPS)
@settings(deadline=None, max_examples=120)
def test_reading_never_changes_and_never_fails(source, steps):
    """Reading any path from any data gives a value or MISSING and leaves the data alone."""
    before = copy.deepcopy(source)
    found = parse_path(text_of(steps)).read(source)
    assert found is MISSING or found is not MISSING
    assert source == before
