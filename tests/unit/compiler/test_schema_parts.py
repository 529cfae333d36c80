"""Schemas of many definitions are judged part by part, with the same verdict as whole."""

from __future__ import annotations

import pytest

from intertie.compiler import schema_parts
from intertie.compiler.schema_parts import MANY, SharedParts
from intertie.runtime.schemas import CompiledSchema


def definitions(**more: object) -> dict[str, object]:
    """Return many definitions that all refer to each other in a ring, and more."""
    ring = {f"D{n}": {"properties": {"next": {"$ref": f"#/$defs/D{(n + 1) % MANY}"}}} for n in range(MANY)}
    return {**ring, **more}


@pytest.mark.parametrize(
    ("schema", "compiles"),
    [
        ({"$ref": "#/$defs/D0", "$defs": definitions()}, True),
        ({"$ref": "#/$defs/D0", "$defs": definitions(Odd={"pattern": "("})}, False),
        ({"minimum": "many", "$ref": "#/$defs/D0", "$defs": definitions()}, False),
        ({"$ref": "#/$defs/D0", "$defs": definitions(Odd={"type": "strin"})}, False),
        ({"$ref": "#/$defs/D0", "$defs": definitions(Odd={"$id": "https://a.example/"})}, False),
        ({"$ref": "#/$defs/D0", "$defs": definitions(Odd=True)}, True),
        ({"$ref": "#/$defs/D0", "$defs": {"D0": {"type": "string"}}}, False),
        (True, False),
    ],
)
def test_sound_only_where_every_part_is(schema, compiles):
    """A part that is not well formed, or has a scope of its own, leaves the schema to be compiled whole; so do few."""
    assert SharedParts().compile(schema) is compiles
    if compiles:
        CompiledSchema(schema).compile()


def test_a_shared_part_is_compiled_once(monkeypatch):
    """A hundred operations with the same definitions cost one compilation of each, and one of their own."""
    compiled = []

    class Counted(CompiledSchema):
        def compile(self):
            compiled.append(self.json)
            super().compile()

    monkeypatch.setattr(schema_parts, "CompiledSchema", Counted)
    shared = definitions()
    parts = SharedParts()
    for number in range(100):
        assert parts.compile({"$ref": f"#/$defs/D{number % MANY}", "$defs": dict(shared)})
    assert len(compiled) == 100 + MANY
