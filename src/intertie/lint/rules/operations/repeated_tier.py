from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.fields import Located
from intertie.spec.model import Spec


@rule(code="TIE545", severity=Severity.WARNING, since="0.1.0")
def repeated_tier(spec: Spec) -> Iterator[Finding]:
    """Two price tiers have the same name."""
    first: dict[str, Located[str]] = {}
    for tier in spec.costs.tiers if spec.costs else ():
        if tier.name is None:
            continue
        name = tier.name.value.strip().lower()
        if name in first:
            yield Finding(
                tier.name.span,
                f"another tier is also named `{tier.name.value}`",
                "give each tier a name of its own",
                related=(Label(first[name].span, "the other tier"),),
            )
        first.setdefault(name, tier.name)
