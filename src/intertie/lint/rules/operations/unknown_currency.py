from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from intertie.diagnostics import Severity
from intertie.lint.currencies import CURRENCIES
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE529", severity=Severity.WARNING, since="0.1.0")
def unknown_currency(spec: Spec) -> Iterator[Finding]:
    """An amount is in an unknown currency."""
    costs = spec.costs
    if costs is None:
        return
    amounts = [
        costs.monthly_fee,
        costs.budget.monthly_limit if costs.budget else None,
        *(tier.cost for tier in costs.tiers),
    ]
    named = [(costs.currency.value, costs.currency.span)] if costs.currency else []
    named += [(amount.value.currency, amount.span) for amount in amounts if amount and amount.value.currency]
    for code, span in named:
        if code.strip().upper() not in CURRENCIES:
            near = get_close_matches(code.upper(), sorted(CURRENCIES), n=1)
            yield Finding(
                span,
                f"`{code}` is not a currency code",
                f"did you mean `{near[0]}`?" if near else "write a currency code, such as `EUR`",
            )
