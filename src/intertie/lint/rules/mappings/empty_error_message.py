from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE438", severity=Severity.INFO, since="0.1.0")
def empty_error_message(spec: Spec) -> Iterator[Finding]:
    """An error row has an empty message."""
    for row in spec.error_mapping:
        if row.message and not row.message.value.strip():
            yield Finding(row.message.span, "the message is empty", "tell the user in a few words what to do")
