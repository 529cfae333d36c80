from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.paths import placeholders
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE324", severity=Severity.INFO, since="0.1.0")
def repeated_placeholder(spec: Spec) -> Iterator[Finding]:
    """A path contains the same placeholder twice."""
    for endpoint in spec.endpoints:
        path = endpoint.endpoint.path if endpoint.endpoint else None
        names = placeholders(path.value) if path else []
        for name in dict.fromkeys(name for name in names if names.count(name) > 1):
            if path:
                yield Finding(
                    path.span, f"`{{{name}}}` appears twice in the path", "give each placeholder a name of its own"
                )
