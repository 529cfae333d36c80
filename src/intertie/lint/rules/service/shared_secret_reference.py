from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.tokens import secret_references
from intertie.spec.fields import Located
from intertie.spec.model import Spec


@rule(code="TIE129", severity=Severity.WARNING, since="0.1.0")
def shared_secret_reference(spec: Spec) -> Iterator[Finding]:
    """Two credentials use the same secret reference."""
    tests = spec.testing.integration_tests if spec.testing else None
    first: dict[str, Located[str]] = {}
    for reference in secret_references(spec):
        if tests and reference is tests.test_credentials:
            continue
        text = reference.value.strip()
        if text in first:
            yield Finding(
                reference.span,
                "another credential has the same reference",
                "give each credential a reference of its own",
                related=(Label(first[text].span, "the other credential"),),
            )
        elif ":" in text:
            first[text] = reference
