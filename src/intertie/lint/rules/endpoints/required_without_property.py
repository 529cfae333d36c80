from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    described = _beside(schema_nodes(spec))
    for schema in schema_nodes(spec):
        required, properties = schema.get("required"), schema.get("properties")
        composed = any(schema.get(word) for word in ("allOf", "anyOf", "oneOf", "$ref", "patternProperties", "if"))
        if composed or not isinstance(required, SequenceNode) or not isinstance(properties, MappingNode):
            continue
        beside = described.get(id(schema), frozenset())
        if beside is None:
            continue
        names = [entry.key.text for entry in properties.entries]
        for item in required.items:
            if isinstance(item, ScalarNode) and item.text not in names and item.text not in beside:
                near = get_close_matches(item.text, names, n=1)
                yield Finding(
                    item.span,
                    f"`{item.text}` is required but not described",
                    f"did you mean `{near[0]}`?" if near else "describe it under `properties`",
                    fix=write(near[0], item.span, safe=False) if near and near[0].isidentifier() else None,
                )


def _beside(schemas: Iterable[MappingNode]) -> dict[int, frozenset[str] | None]:
    """Return, for each branch of a composed schema, what the whole describes; None where that can't be said here."""
    found: dict[int, frozenset[str] | None] = {}
    for schema in schemas:
        for word in ("allOf", "anyOf", "oneOf"):
            branches = schema.get(word)
            nodes = (
                [item for item in branches.items if isinstance(item, MappingNode)]
                if isinstance(branches, SequenceNode)
                else []
            )
            # Of `anyOf` and `oneOf` only one branch holds, so a sibling describes nothing for another.
            parts = [schema, *nodes] if word == "allOf" else [schema]
            refers = any(part.get("$ref") or (part is not schema and part.get("allOf")) for part in parts)
            names = frozenset(name for part in parts for name in _described(part))
            for node in nodes:
                above = found.get(id(schema), frozenset())
                found[id(node)] = None if refers or above is None else names | above
    return found


def _described(schema: MappingNode) -> Iterator[str]:
    properties = schema.get("properties")
    if isinstance(properties, MappingNode):
        yield from (entry.key.text for entry in properties.entries)
