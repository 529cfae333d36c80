"""YAML as people write it: scalars by version 1.2, errors at their place, the rest still read."""

from __future__ import annotations

import pytest

from intertie.spec.source import Findings, Source
from intertie.spec.tree import MappingNode, ScalarNode, plain
from intertie.spec.yaml_text import read_mapping


def parse(text: str) -> tuple[MappingNode | None, Findings, Source]:
    source, findings = Source("x.md", text), Findings()
    return read_mapping(source.text, source.span, findings, what="a YAML block"), findings, source


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.10", 1.1), ("no", "no"), ("yes", "yes"), ("true", True), ("2025-12-31", "2025-12-31"), ("0755", 755),
        ("10:30", "10:30"), ("0o17", 15), ("0x1F", 31), ("1_000", "1_000"), ("~", None), ("null", None), ("", None),
        (".inf", ".inf"), ("1e999", "1e999"), ("1e3", 1000.0), ("-7", -7), ("9" * 50, "9" * 50), ("'1.10'", "1.10"),
    ],
)  # fmt: skip
def test_scalars_follow_version_1_2_and_keep_their_text(text: str, value: object):
    """A scalar has the value of YAML 1.2, and its source text beside it."""
    root, findings, _ = parse(f"key: {text}")
    node = root.get("key")
    assert isinstance(node, ScalarNode)
    assert node.value == value
    assert type(node.value) is type(value)
    assert node.text == text.strip("'")
    assert not findings.all()


def test_a_number_as_key_keeps_its_text():
    """`400:` is found by its text."""
    root, _, _ = parse("400: a\n'402': b")
    assert plain(root) == {"400": "a", "402": "b"}


def test_a_comment_beside_a_value_is_kept():
    """A comment on a value's line stands on its node; one on a line of its own does not."""
    root, _, _ = parse("a: 5 # seconds\n# other\nb: '#x'  #  y\nc: {d: 1} # z")
    assert [root.get(key).comment for key in ("a", "b")] == ["seconds", "y"]


@pytest.mark.parametrize(
    ("text", "at", "says", "rest"),
    [
        ("a: 1\nerror_rate: > 5%\nb: 2", "> 5%", 'write `error_rate: "> 5%"`', {"a": 1, "b": 2}),
        ("a:\n\tb: 1\nc: 2", "\tb: 1", "spaces", {"a": None, "c": 2}),
        ("a: 'x\nb: 2", "'x", "close the quote", {"b": 2}),
        ("a: [1, 2\nb: 2", "[1, 2", "close the bracket", {"b": 2}),
        ("a: x: y\nb: 2", "x: y", 'write `a: "x: y"`', {"b": 2}),
        ("a: error_rate: > 5%\nb: 2", "error_rate: > 5%", "write `a: error_rate > 5%`", {"b": 2}),
        ("a: @x\nb: 2", "@x", 'write `a: "@x"`', {"b": 2}),
        ("a: %d\nb: 2", "%d", 'write `a: "%d"`', {"b": 2}),
        ("a: *\nb: 2", "*", 'write `a: "*"`', {"b": 2}),
        ('a: @"x"\nb: 2', '@"x"', "write `a: '@\"x\"'`", {"b": 2}),
        ("a: - b\nb: 2", "- b", "a line of its own", {"b": 2}),
        ("a:\n  b: 1\n c: 2\nd: 3", "c: 2", "alike", {"a": {"b": 1}, "d": 3}),
        ('a: "x" y\nb: 2', '"x" y', "whole value", {"b": 2}),
        ("a: 1\nfoo\nb: 2", "foo", "key: value", {"a": 1, "b": 2}),
        ("p: {a: <1, b: > 5}\nb: 2", "> 5}", "quotes", {"b": 2}),
        ("a: 1\n\x01: 2\nb: 2", "\x01", "escape", {"a": 1, "b": 2}),
    ],
)  # fmt: skip
def test_a_syntax_error_is_one_finding_at_its_place_and_the_rest_is_read(text, at, says, rest):
    """A broken line is reported once, where it breaks, with what to do; all other lines are read."""
    root, findings, source = parse(text)
    (found,) = findings.all()
    assert found.name == "yaml-syntax"
    assert source.slice(found.span) == at
    assert says in found.help
    assert plain(root) == rest


def test_several_broken_lines_are_each_reported():
    """One broken line does not hide the next."""
    root, findings, _ = parse("a: > 1\nb: 2\nc: @x\nd: 3")
    assert [found.span.line for found in findings.all()] == [1, 3]
    assert plain(root) == {"b": 2, "d": 3}


def test_a_key_given_twice_shows_both_places():
    """The first of two equal keys is read, and the finding shows both."""
    root, findings, _ = parse("a: 1\nb: 2\na: 3")
    (found,) = findings.all()
    assert (found.name, found.span.line, found.related[0].span.line) == ("duplicate-key", 3, 1)
    assert plain(root) == {"a": 1, "b": 2}


def test_tags_are_refused_and_their_values_dropped():
    """No tag makes anything: neither a Python object nor a type of YAML."""
    root, findings, source = parse("a: !!python/object/apply:os.system ['x']\nb: !!str 1\nc: !env X\nd: 1")
    assert [source.slice(found.span) for found in findings.all()] == [
        "!!python/object/apply:os.system", "!!str", "!env",
    ]  # fmt: skip
    assert {found.name for found in findings.all()} == {"yaml-tag"}
    assert plain(root) == {"a": None, "b": None, "c": None, "d": 1}


def test_anchors_aliases_and_merge_keys_are_followed():
    """An alias is the node it names; `<<` adds what is not said, the first mapping first."""
    root, findings, _ = parse("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: *a\nd: {<<: [{z: 1}, {z: 2, w: 3}]}\n'<<': 5")
    assert not findings.all()
    assert plain(root)["b"] == {"y": 3, "x": 1}
    assert plain(root)["c"] == {"x": 1, "y": 2}
    assert plain(root)["d"] == {"z": 1, "w": 3}


@pytest.mark.parametrize("text", ["a: *b", "a: &a [*a]", "a: {<<: 5}"])
def test_an_alias_or_merge_that_names_nothing_is_reported(text: str):
    """An alias without anchor, one inside itself and a merge of a scalar are findings."""
    _, findings, _ = parse(text)
    assert len(findings.all()) == 1


@pytest.mark.parametrize(("text", "name"), [("- 1", "not-a-mapping"), ("just text", "not-a-mapping"), ("# only", "")])
def test_a_block_without_keys_is_reported_unless_it_is_empty(text: str, name: str):
    """A list or a single value is no block; nothing at all is nothing to report."""
    root, findings, _ = parse(text)
    assert root is None
    assert [found.name for found in findings.all()] == ([name] if name else [])


def test_a_second_document_is_reported():
    """A block holds one YAML document; the first one is read."""
    root, findings, _ = parse("a: 1\n---\nb: 2")
    assert plain(root) == {"a": 1}
    assert [found.span.line for found in findings.all()] == [2]


def test_block_scalars_keep_their_text_and_end_where_their_text_ends():
    """A literal block's place ends at its last letter, not at the next key."""
    root, _, source = parse("a: |\n  one\n  two\n\n\nb: 1")
    assert root.get("a").value == "one\ntwo\n"
    assert source.slice(root.get("a").span) == "|\n  one\n  two"
