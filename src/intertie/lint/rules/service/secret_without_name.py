from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.tokens import secret_references
from intertie.spec.model import Spec


@rule(code="TIE136", severity=Severity.ERROR, since="0.1.0", judges="spec")
def secret_without_name(spec: Spec) -> Iterator[Finding]:
    """A secret reference has no name."""
    for reference in secret_references(spec):
        scheme, _, rest = reference.value.strip().partition(":")
        if scheme == "file" and rest.endswith("/"):
            yield Finding(reference.span, "the reference names a folder, not a file", "add the name of the file")
