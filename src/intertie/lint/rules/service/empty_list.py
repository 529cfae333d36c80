from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import mappings
from intertie.spec.model import Spec
from intertie.spec.tree import SequenceNode


@rule(code="TIE132", severity=Severity.WARNING, since="0.1.0")
def empty_list(spec: Spec) -> Iterator[Finding]:
    """A list is empty."""
    for mapping in mappings(spec):
        for entry in mapping.entries:
            value = entry.value
            if entry.key.text in _NEED_ENTRIES and isinstance(value, SequenceNode) and not value.items:
                yield Finding(
                    value.span,
                    f"`{entry.key.text}` is empty, which counts as absent",
                    "add an entry, or remove the key",
                )


_NEED_ENTRIES = frozenset({"scopes", "supported", "metrics", "personal", "endpoints", "enum", "status"})
