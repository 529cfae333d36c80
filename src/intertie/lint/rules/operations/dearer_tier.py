from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE554", severity=Severity.INFO, since="0.1.0")
def dearer_tier(spec: Spec) -> Iterator[Finding]:
    """A later step of the price is dearer than the one before.

    ## What it does
    Compares the `cost` of neighbouring tiers. A free first step is followed by one that costs something.

    ## Why it matters
    Prices mostly fall with the quantity; what is beyond a plan may be dearer. A point in the wrong place, or two steps
    exchanged, makes the bill and the budget wrong.

    ## Example
    ```yaml
    costs:
      pricing_model: per_request
      tiers:
        - {name: first, limit: 1000, cost: 0.02, unit: request}
        - {name: beyond, cost: 0.1, unit: request}
    ```

    ## Use instead
    ```yaml
    costs:
      pricing_model: per_request
      tiers:
        - {name: first, limit: 1000, cost: 0.02, unit: request}
        - {name: beyond, cost: 0.01, unit: request}
    ```

    ## References
    Spec format, cost management.
    """
    priced = [tier.cost for tier in spec.costs.tiers if tier.cost] if spec.costs else []
    for before, cost in pairwise(priced):
        if 0 < before.value.amount < cost.value.amount:
            yield Finding(
                cost.span,
                f"{cost.text} a unit, after {before.text}",
                "look up both numbers",
                related=(Label(before.span, "the step before"),),
            )
