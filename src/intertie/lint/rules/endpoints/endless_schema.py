from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import component_entries
from intertie.spec.model import Spec
from intertie.spec.tree import MappingNode, ScalarNode, SequenceNode


@rule(code="TIE344", severity=Severity.ERROR, since="0.1.0", judges="spec")
def endless_schema(spec: Spec) -> Iterator[Finding]:
    """A schema requires itself, so no finite value is valid."""
    entries = {entry.key.text: entry for entry in component_entries(spec)}
    needs = {name: _needed(entry.value) for name, entry in entries.items()}
    for name, entry in entries.items():
        reached, waiting = set[str](), list(needs[name])
        while waiting:
            other = waiting.pop()
            if other not in reached:
                reached.add(other)
                waiting.extend(needs.get(other, ()))
        if name in reached:
            yield Finding(
                entry.key.span,
                f"each {name} requires another {name}, without end",
                "make one of the properties optional: remove it from `required`",
            )


def _needed(schema: object) -> dict[str, str]:
    """Return the names of the schemas that each value of this one has to hold."""
    if not isinstance(schema, MappingNode):
        return {}
    required, properties = schema.get("required"), schema.get("properties")
    names = (
        {item.text for item in required.items if isinstance(item, ScalarNode)}
        if isinstance(required, SequenceNode)
        else set()
    )
    found = {}
    for entry in properties.entries if isinstance(properties, MappingNode) else ():
        reference = entry.value.get("$ref") if isinstance(entry.value, MappingNode) else None
        if entry.key.text in names and isinstance(reference, ScalarNode):
            found[reference.text.rpartition("/")[2]] = entry.key.text
    return found
