"""Every place in a parsed spec is the place of the text it claims."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from intertie.spec.fields import Block, Located
from intertie.spec.loading import Loaded
from intertie.spec.source import Findings, Source
from intertie.spec.template import template_text
from intertie.spec.tree import Document, MappingNode, Node, ScalarNode, SequenceNode, plain
from intertie.spec.yaml_nodes import place_by_line
from intertie.spec.yaml_text import read_yaml
from support.spec_text import DATA, read

PAYMENTS = (DATA / "specs" / "payments.md").read_text("utf-8")


def read_elsewhere(text: str) -> object:
    """Return what another YAML reader makes of a text, every scalar as its text."""
    return yaml.load(text, yaml.CBaseLoader)  # noqa: S506 - this loader makes nothing but text, lists and mappings


def nodes(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, SequenceNode):
        for item in node.items:
            yield from nodes(item)
    elif isinstance(node, MappingNode):
        for entry in node.entries:
            yield entry.key
            yield from nodes(entry.value)


def check_node(node: Node, source: Source, indent: int = 0) -> None:
    """Read the slice of a node by another YAML reader: it gives the node's value."""
    text = source.slice(node.span)
    if isinstance(node, ScalarNode):
        if not node.text and not node.quoted:
            # Nothing is written, or a tag or an alias to nothing is refused: there is no value to compare.
            assert node.value is None
            return
        if text[0] in "|>":
            assert text.split("\n", 1)[0].strip("|>+-0123456789 ") == ""
            return
        if text == node.text or "\n" in text:
            # A line that goes on is read by its place among the others, not alone.
            return
        read_back = read_elsewhere(text)
        assert read_back == node.text, (text, node)
    elif node.flow:
        pair = isinstance(node, MappingNode) and len(node.entries) == 1
        assert text[0] + text[-1] in ("[]", "{}") or pair, text
    elif isinstance(node, SequenceNode):
        assert text.startswith("-")


def check_document(document: Document, source: Source) -> None:
    if document.front_matter is not None:
        for node in nodes(document.front_matter):
            check_node(node, source)
    for top in document.sections:
        for part in top.walk():
            assert source.slice(part.heading.span) == part.heading.text
            assert part.heading.text in source.line(part.span.line) or not part.heading.text
            for block in part.blocks:
                assert source.slice(block.span).lstrip().startswith("```")
                for node in nodes(block.root):
                    check_node(node, source)
            for bullet in part.bullets:
                for line in (bullet.key, bullet.value):
                    if line is not None:
                        assert source.slice(line.span).split() == line.text.split()
            for table in part.tables:
                for row in (table.header, *table.rows):
                    for cell in row:
                        assert source.slice(cell.span) == cell.text
            for paragraph in part.paragraphs:
                assert source.slice(paragraph.span).split() == paragraph.text.split()


def located_values(value: object) -> Iterator[Located[object]]:
    if isinstance(value, Located):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from located_values(item)
    elif isinstance(value, Block):
        for name in value.__struct_fields__:
            if name not in ("span", "head"):
                yield from located_values(getattr(value, name))


def check_model(loaded: Loaded, source: Source) -> int:
    found = 0
    for name in loaded.spec.__struct_fields__:
        for value in located_values(getattr(loaded.spec, name)):
            text = source.slice(value.span)
            assert text.strip("'\"`").split() == value.text.strip("'\"`").split() or text in ("", value.text), value
            found += 1
    return found


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("text", [PAYMENTS, template_text()], ids=["payments", "template"])
def test_every_place_of_a_whole_spec_slices_its_text(text: str, line_end: str) -> None:
    """In a whole spec every node, bullet, cell, heading and model value lies where its span says."""
    source = Source("specs/test.md", text.replace("\n", line_end))
    loaded = read(text.replace("\n", line_end), front_matter="")
    check_document(loaded.spec.document, source)
    assert check_model(loaded, source) > 3


SCALARS = st.one_of(
    st.text(alphabet="abzäß😀 :#-'\"%@!&*?|>,[]{}0123456789._/\\", max_size=14),
    st.integers(-9999, 9999),
    st.booleans(),
    st.none(),
    st.sampled_from(["1.10", "no", "0755", "10:30", "2025-12-31", "> 5%", "{uuid}", "é\u2028x", "line\ntwo"]),
)
KEYS = st.text(alphabet="abcäß_xyz0123456789$. ", min_size=1, max_size=8)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=25
)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(value=st.dictionaries(KEYS, VALUES, min_size=1, max_size=5), flow=st.booleans(), indent=st.integers(2, 5))
def test_every_node_of_any_yaml_slices_its_text(value: dict[str, object], flow: bool, indent: int) -> None:
    """Whatever YAML a serialiser writes, each node's slice read alone is the node."""
    text = yaml.dump(
        value, Dumper=yaml.CSafeDumper, default_flow_style=flow, allow_unicode=True, indent=indent, sort_keys=False
    )
    source = Source("x.md", text)
    findings = Findings()
    root = read_yaml(source.text, source.span, findings)
    assert not findings.all()
    assert root is not None
    for node in nodes(root):
        check_node(node, source)
    assert list(plain(root)) == [str(key) for key in read_elsewhere(text)]


@settings(deadline=None, derandomize=True, max_examples=40)
@given(value=st.dictionaries(KEYS, VALUES, min_size=1, max_size=4), margin=st.integers(0, 6))
def test_places_survive_the_margin_of_a_fence(value: dict[str, object], margin: int) -> None:
    """A block that is indented in the file has the places of the file."""
    text = (
        yaml.dump(value, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)
        .rstrip("\n")
        .replace("\u2028", "")
    )
    lines = text.split("\n")
    source = Source("x.md", "\n".join(" " * margin + line for line in lines))
    place = place_by_line(
        text, lambda line, column, end_line, end_column: source.span(
            source.offset(line + 1, column + margin + 1), source.offset(end_line + 1, end_column + margin + 1)
        ),
    )  # fmt: skip
    root = read_yaml(text, place, Findings())
    for node in nodes(root) if root is not None else ():
        if node.span.line == node.span.end_line:
            check_node(node, source)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(text=st.text(alphabet="ab -:#[]{}*|`>\n\t&!'\"%0", max_size=120))
def test_any_text_is_read_without_an_exception(text: str) -> None:
    """Whatever stands in a file, reading it ends with findings that lie inside the file."""
    loaded = read(text, front_matter="")
    source = Source("x", text)
    for found in loaded.diagnostics:
        assert 1 <= found.span.line <= found.span.end_line <= source.line_count
        source.slice(found.span)


@settings(deadline=None, derandomize=True, max_examples=30)
@given(
    cut=st.integers(0, len(PAYMENTS)),
    junk=st.text(alphabet="ab -:#[]{}*|`>\n\t&!'\"%", max_size=6),
    length=st.integers(0, 40),
)
def test_a_damaged_spec_is_read_without_an_exception(cut: int, junk: str, length: int) -> None:
    """A spec with a piece taken out and another put in is still read, with all places inside it."""
    text = PAYMENTS[:cut] + junk + PAYMENTS[cut + length :]
    loaded = read(text, front_matter="")
    source = Source("x", text)
    check_document(loaded.spec.document, source)
    for found in loaded.diagnostics:
        assert 1 <= found.span.line <= found.span.end_line <= source.line_count
