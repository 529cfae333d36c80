from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import has_key_at
from intertie.spec.model import Spec


@rule(code="TIE505", severity=Severity.ERROR, since="0.1.0", judges="spec")
def unpriced_tier(spec: Spec) -> Iterator[Finding]:
    """A price tier has no cost."""
    for tier in spec.costs.tiers if spec.costs else ():
        if tier.cost is None and not has_key_at(spec, tier, "cost"):
            place = tier.name.span if tier.name else tier.head
            yield Finding(place, "the tier has no cost", "add `cost`; a free tier has `cost: 0`")
