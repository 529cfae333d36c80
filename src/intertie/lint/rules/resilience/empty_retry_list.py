from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import sections
from intertie.spec.model import Spec
from intertie.spec.tree import MappingNode, SequenceNode


@rule(code="TIE233", severity=Severity.WARNING, since="0.1.0")
def empty_retry_list(spec: Spec) -> Iterator[Finding]:
    """An empty list of retry causes does not switch retries off."""
    for section in sections(spec):
        for block in section.blocks:
            retry = block.root.get("retry")
            for entry in retry.entries if isinstance(retry, MappingNode) else ():
                empty = isinstance(entry.value, SequenceNode) and not entry.value.items
                if empty and entry.key.text in ("retry_on", "retry_conditions"):
                    yield Finding(
                        entry.value.span,
                        f"an empty `{entry.key.text}` counts as absent, so the default causes apply",
                        "list the causes; to switch retries off, write `max_attempts: 1`",
                    )
