from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE554", severity=Severity.INFO, since="0.1.0")
def rising_tier_cost(spec: Spec) -> Iterator[Finding]:
    """A later price tier costs more than the one before."""
    priced = [tier.cost for tier in spec.costs.tiers if tier.cost] if spec.costs else []
    for before, cost in pairwise(priced):
        if 0 < before.value.amount < cost.value.amount:
            yield Finding(
                cost.span,
                f"this tier costs {cost.text} a unit, more than the {before.text} of the tier before",
                "check both numbers",
                related=(Label(before.span, "the tier before"),),
            )
