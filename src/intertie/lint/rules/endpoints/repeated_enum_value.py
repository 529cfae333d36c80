from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import mappings
from intertie.spec.model import Spec
from intertie.spec.tree import ScalarNode, SequenceNode


@rule(code="TIE339", severity=Severity.WARNING, since="0.1.0")
def repeated_enum_value(spec: Spec) -> Iterator[Finding]:
    """An enum contains a value twice."""
    for choices in (entry.value for mapping in mappings(spec) for entry in mapping.entries if entry.key.text == "enum"):
        seen: set[tuple[str, bool]] = set()
        for choice in choices.items if isinstance(choices, SequenceNode) else ():
            if isinstance(choice, ScalarNode):
                what = (choice.text, isinstance(choice.value, str))
                if what in seen:
                    yield Finding(
                        choice.span, f"`{choice.text}` is listed twice", "remove it, or write the value you meant"
                    )
                seen.add(what)
