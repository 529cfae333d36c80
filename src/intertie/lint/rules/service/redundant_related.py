from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE126", severity=Severity.WARNING, since="0.1.0")
def redundant_related(spec: Spec) -> Iterator[Finding]:
    """An entry of `related` is redundant."""
    front = spec.front_matter
    seen: set[str] = set()
    for entry in front.related if front else ():
        name = entry.value.strip()
        if name == spec.id:
            yield Finding(entry.span, f"{name} is this spec", "name the other spec, or remove the entry")
        elif name in seen:
            yield Finding(entry.span, f"{name} is listed twice", "name the other spec, or remove the entry")
        seen.add(name)
