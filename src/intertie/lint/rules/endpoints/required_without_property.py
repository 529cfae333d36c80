from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.mends import write
from intertie.lint.rule import rule
from intertie.lint.schema_nodes import schema_nodes
from intertie.spec.model import Spec
from intertie.spec.tree import MappingNode, ScalarNode, SequenceNode


@rule(code="TIE328", severity=Severity.WARNING, since="0.1.0")
def required_without_property(spec: Spec) -> Iterator[Finding]:
    """A schema requires a property that it does not describe."""
    for schema in schema_nodes(spec):
        required, properties = schema.get("required"), schema.get("properties")
        composed = any(schema.get(word) for word in ("allOf", "anyOf", "oneOf", "$ref", "patternProperties", "if"))
        if composed or not isinstance(required, SequenceNode) or not isinstance(properties, MappingNode):
            continue
        names = [entry.key.text for entry in properties.entries]
        for item in required.items:
            if isinstance(item, ScalarNode) and item.text not in names:
                near = get_close_matches(item.text, names, n=1)
                yield Finding(
                    item.span,
                    f"`{item.text}` is required but not described",
                    f"did you mean `{near[0]}`?" if near else "describe it under `properties`",
                    fix=write(near[0], item.span, safe=False) if near and near[0].isidentifier() else None,
                )
