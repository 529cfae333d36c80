from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.plain_schemas import is_of_type, types_of
from intertie.lint.rule import rule
from intertie.lint.schema_nodes import schema_nodes
from intertie.lint.words import listed
from intertie.spec.model import Spec
from intertie.spec.tree import ScalarNode, SequenceNode, plain


@rule(code="TIE341", severity=Severity.ERROR, since="0.1.0", judges="spec")
def enum_value_of_other_type(spec: Spec) -> Iterator[Finding]:
    """An enum contains a value of another type."""
    for schema in schema_nodes(spec):
        types, choices = types_of(schema), schema.get("enum")
        if not types or not isinstance(choices, SequenceNode):
            continue
        for choice in choices.items:
            value = plain(choice)
            if value is not None and not any(is_of_type(value, name) for name in types):
                text = choice.text if isinstance(choice, ScalarNode) else "it"
                yield Finding(
                    choices.span,
                    f"`{text}` does not have the type {listed(sorted(types))}",
                    "put text in quotes, or correct the type",
                )
                break
