from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.fields import Located
from intertie.spec.model import Spec


@rule(code="TIE545", severity=Severity.WARNING, since="0.1.0")
def repeated_tier(spec: Spec) -> Iterator[Finding]:
    """Two steps of the price have one name.

    ## What it does
    Compares the names of `costs.tiers`.

    ## Why it matters
    Report and alert name the step that is being paid: with two of one name nobody knows which. As a rule one was copied
    and only half changed.

    ## Example
    ```yaml
    costs:
      pricing_model: per_request
      tiers:
        - {name: first, limit: 1000, cost: 0.02, unit: request}
        - {name: first, cost: 0.01, unit: request}
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
    first: dict[str, Located[str]] = {}
    for tier in spec.costs.tiers if spec.costs else ():
        if tier.name is None:
            continue
        name = tier.name.value.strip().lower()
        if name in first:
            yield Finding(
                tier.name.span,
                f"another step is called `{tier.name.value}`",
                "give each step its own name",
                related=(Label(first[name].span, "the other"),),
            )
        first.setdefault(name, tier.name)
