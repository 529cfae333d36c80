from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.plain_schemas import broken_by
from intertie.lint.rule import rule
from intertie.lint.schema_nodes import schema_nodes
from intertie.spec.model import Spec
from intertie.spec.tree import MappingNode, Node, SequenceNode, plain


@rule(code="TIE340", severity=Severity.WARNING, since="0.1.0")
def schema_example_breaks_schema(spec: Spec) -> Iterator[Finding]:
    """An example or default in a schema does not match the schema."""
    for schema in schema_nodes(spec):
        for value in _examples(schema):
            broken = broken_by(schema, plain(value))
            if broken:
                yield Finding(
                    value.span, f"this value breaks the `{broken}` beside it", "correct the example or the schema"
                )


def _examples(schema: MappingNode) -> Iterator[Node]:
    for entry in schema.entries:
        if entry.key.text in ("example", "default"):
            yield entry.value
        elif entry.key.text == "examples" and isinstance(entry.value, SequenceNode):
            yield from entry.value.items
