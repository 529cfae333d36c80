from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import is_written
from intertie.spec.model import Spec


@rule(code="TIE542", severity=Severity.WARNING, since="0.1.0")
def model_without_price(spec: Spec) -> Iterator[Finding]:
    """The costs have a pricing model but no price."""
    model = spec.costs.pricing_model if spec.costs else None
    if model is None or spec.costs is None or spec.costs.tiers or spec.costs.monthly_fee:
        return
    if not is_written(spec, "costs", "tiers") and not is_written(spec, "costs", "monthly_fee"):
        what = "`monthly_fee`" if model.value == "subscription" else "`tiers` with their `cost`"
        yield Finding(model.span, f"there is no price for `{model.value}`", f"add {what}")
