"""Nothing in a known block passes unread: every field has a value that it refuses, and somebody who reads it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import intertie
from intertie.spec import codes, model
from intertie.spec.fields import Block, FieldInfo, Kind, declared_fields
from intertie.spec.reading.blocks import BlockReader
from intertie.spec.source import Findings, Source
from intertie.spec.yaml_nodes import Allowance, NodeReader

BLOCKS = sorted(
    (block for name in model.__all__ if issubclass(block := getattr(model, name), Block) and declared_fields(block)),
    key=lambda block: block.__name__,
)
FIELDS = [(block, key, info) for block in BLOCKS for key, (_, info) in declared_fields(block).items()]

WRONG = {
    Kind.TEXT: "{a: 1, b: 2}", Kind.SECRET: "[a b, c d]", Kind.CHOICE: "zzz", Kind.FLAG: "perhaps", Kind.INTEGER: "some",
    Kind.NUMBER: "some", Kind.DURATION: "soon", Kind.RATIO: "much", Kind.MONEY: "dear", Kind.TARGET: "fast",
    Kind.SCHEMA: "[1]", Kind.BLOCK: "word", Kind.BLOCKS: "word", Kind.NAMED: "word", Kind.LIST: "{a: 1}",
    Kind.MAP: "word",
}  # fmt: skip
"""Kind -> a value that no field of it takes."""

READERS = ("compiler", "lint", "app", "mockserver", "importers", "comparing", "spec/references.py", "spec/loading.py")


class NoSchemas:
    """Every schema is wrong in the one way that is asked for here: it is none."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings

    def read(self, node, where):
        self._findings.add(codes.WRONG_TYPE, node.span, f"{where} is no schema")


def told(block: type[Block], text: str) -> list[str]:
    findings = Findings()
    source = Source("a.md", text)
    node = NodeReader(source.text, source.span, findings, Allowance()).read()
    BlockReader(source, findings, NoSchemas(findings)).block(block, node, node.span, "block")
    return [found.name for found in findings.all()]


@pytest.mark.parametrize(("block", "key", "info"), FIELDS, ids=lambda part: getattr(part, "__name__", str(part))[:40])
def test_every_field_refuses_a_wrong_value(block: type[Block], key: str, info: FieldInfo):
    """A value of another kind than the field's is told, where the field does not take any value."""
    if info.kind is not Kind.ANY:
        assert told(block, f'"{key}": {WRONG[info.kind]}\n')
    item = info.item
    if item is not None and item.kind is not Kind.ANY:
        wrong = WRONG[item.kind]
        assert told(block, f'"{key}": {{a: {wrong}}}\n' if info.kind is Kind.MAP else f'"{key}": [{wrong}]\n')
    if info.minimum is not None:
        low = "-1s" if info.kind in (Kind.DURATION, Kind.TARGET) else str(info.minimum - 1)
        assert "out-of-range" in told(block, f'"{key}": {low}\n')
    if info.maximum is not None:
        high = "900%" if info.kind is Kind.RATIO else str(int(info.maximum) + 1)
        assert "out-of-range" in told(block, f'"{key}": {high}\n')


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.__name__)
def test_every_block_tells_of_an_unknown_key(block: type[Block]):
    """A key that a block does not know has no effect, and that is told."""
    assert "unknown-key" in told(block, "zzz_unknown_zzz: 1\n")


def test_every_field_is_read_by_somebody():
    """Each field is looked at by the checker, the compiler or the mock: none is decoration."""
    folder = Path(intertie.__file__).parent
    paths = [path for name in READERS for path in (folder / name, *(folder / name).rglob("*.py")) if path.is_file()]
    words = set(re.findall(r"\w+", "\n".join(path.read_text() for path in paths)))
    unread = {f"{block.__name__}.{attribute}" for block in BLOCKS for attribute, _ in declared_fields(block).values()
              if attribute not in words}  # fmt: skip
    assert unread == set()
