"""JSON Pointers hold against documents of any names, and against pointers of any text."""

from __future__ import annotations

from urllib.parse import quote

import jsonschema_rs
from hypothesis import assume, given
from hypothesis import strategies as st

from intertie.core.json_pointer import (
    DEFINITIONS,
    NOTHING,
    child,
    escaped,
    followed,
    index,
    name_after,
    names_of,
    resolved,
    same_as,
    step,
    unescaped,
)

NAMES = st.text(alphabet="~/%01-$.# éa²٣", max_size=6) | st.text(max_size=4)
INDEXES = st.integers(min_value=0, max_value=10**30).map(str) | st.sampled_from(
    ["-", "", "01", "00", "+1", "-1", "1.0", "1e0", " 1", "1 ", "1_0", "²", "٣", "9" * 5000, "0\n"]
)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)


def places(value: object, *names: str) -> list[tuple[tuple[str, ...], object]]:
    """Return every value in a document with the names that lead to it."""
    found = [(names, value)]
    if isinstance(value, dict):
        for name, inner in value.items():
            found += places(inner, *names, name)
    if isinstance(value, list):
        for at, inner in enumerate(value):
            found += places(inner, *names, str(at))
    return found


@given(NAMES)
def test_a_name_survives_its_escape(name: str) -> None:
    """What is escaped has no `/` and no bare `~`, and is read back as it was."""
    token = escaped(name)
    assert "/" not in token
    assert token.replace("~0", "").replace("~1", "").count("~") == 0
    assert unescaped(token) == name


@given(st.lists(NAMES, max_size=5))
def test_a_pointer_is_read_back_as_its_names(names: list[str]) -> None:
    """Names joined to a pointer are the names that it goes through, empty ones included."""
    assert list(names_of(step("", *names))) == names


@given(DOCUMENTS)
def test_every_place_is_reached_by_its_pointer(document: object) -> None:
    """Each value of a document is what its own pointer leads to, whatever its names are; `null` is a value."""
    for names, value in places(document):
        assert resolved(document, quote(step("#", *names), safe="#/~"), NOTHING) is value


@given(DOCUMENTS, st.text(alphabet="#/~01%2aF-²", max_size=12) | st.text(max_size=20))
def test_any_text_leads_somewhere_inside_or_nowhere(document: object, reference: str) -> None:
    """A reference of any text gives a value of the document or the default, and raises nothing."""
    found = resolved(document, reference, NOTHING)
    assert found is NOTHING or any(found is value for _, value in places(document))


@given(INDEXES, st.lists(st.integers(), max_size=12))
def test_a_list_has_whole_places_only(name: str, values: list[int]) -> None:
    """RFC 6901: `0`, or ASCII digits that don't begin with `0`, below the list's length; all else leads nowhere."""
    known = {str(at): value for at, value in enumerate(values)}
    assert child(values, name) == known.get(name, NOTHING)
    at = index(name)
    assert at is None or str(at) == name


@given(NAMES, NAMES)
def test_the_validator_follows_the_same_references(name: str, other: str) -> None:
    """What a `$ref` leads to here is what the validator of JSON Schema follows it to."""
    assume(name != other)
    reference = DEFINITIONS + quote(escaped(name), safe="~")
    schema = {"$ref": reference, "$defs": {name: {"const": 1}, other: {"const": 2}}}
    validator = jsonschema_rs.validator_for(schema)
    assert resolved(schema, reference) == {"const": 1}
    assert name_after(DEFINITIONS, reference) == name
    assert validator.is_valid(1)
    assert not validator.is_valid(2)


@given(st.lists(st.integers(0, 7), min_size=8, max_size=8), st.integers(0, 7))
def test_a_chain_of_references_ends(targets: list[int], start: int) -> None:
    """However references lead to each other, each is followed once, in the order in which they lead on."""
    schemas = {str(at): {"$ref": f"#/$defs/{target}"} for at, target in enumerate(targets)}
    chain = list(followed(schemas[str(start)], {"$defs": schemas}))
    expected, at = [], start
    while at not in expected:
        expected.append(at)
        at = targets[at]
    assert [id(each) for each in chain] == [id(schemas[str(at)]) for at in expected]


def test_a_chain_ends_before_nothing() -> None:
    """A reference that leads nowhere, out of the document or to an anchor is the last of its chain."""
    for reference in ("#/none", "other.json#/a", "#anchor", "", "#/%ff", "#/~"):
        schema = {"$ref": reference}
        assert list(followed(schema, {"a": {}})) == [schema]


def test_what_a_schema_is_the_same_as_is_found_at_any_depth() -> None:
    """A deep nest of `allOf` is walked, not recursed into."""
    schema: object = {"$ref": "#/$defs/A"}
    for _ in range(5000):
        schema = {"allOf": [schema]}
    assert list(same_as(schema)) == ["#/$defs/A"]
