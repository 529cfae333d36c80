from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.fields import Located
from intertie.spec.model import Spec


@rule(code="TIE540", severity=Severity.WARNING, since="0.1.0")
def repeated_case(spec: Spec) -> Iterator[Finding]:
    """A case is listed twice."""
    seen: dict[str, Located[str]] = {}
    for line in spec.cases:
        if line.path is None:
            continue
        name = line.path.value.strip().lstrip("/").removeprefix("specs/")
        if name in seen:
            yield Finding(
                line.path.span,
                f"`{line.path.value}` is listed twice",
                "remove one, or name the case you meant",
                related=(Label(seen[name].span, "the first"),),
            )
        seen.setdefault(name, line.path)
