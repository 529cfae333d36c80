from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.tokens import secret_references
from intertie.spec.model import Spec


@rule(code="TIE612", severity=Severity.WARNING, since="0.1.0")
def secret_file_in_workspace(spec: Spec) -> Iterator[Finding]:
    """A secret file lies in the workspace."""
    for located in secret_references(spec):
        text = located.value.strip()
        if text.startswith("file:") and not text.removeprefix("file:").startswith(("/", "~", "//")):
            yield Finding(
                located.span,
                "the file lies in the workspace, where it will be committed sooner or later",
                "keep it outside, such as `file:/run/secrets/name`",
            )
