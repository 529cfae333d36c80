"""A stage in people's words: sentences, each with the source of its numbers."""

from __future__ import annotations

from intertie.core.money import Money, decimal_text
from intertie.runtime.guard import Line
from intertie.runtime.order import guard_of
from intertie.runtime.plan import OperationPlan, StageDescription


def stage_lines(stage: StageDescription, operation: OperationPlan) -> list[Line]:
    """Return what a stage does, one sentence a line."""
    return list(guard_of(stage.stage).words(stage.options, stage.sources, operation))


def money_text(money: Money) -> str:
    """Return an amount with its currency, grouped by thousands, at most six decimals."""
    rounded = round(money.amount, 6)
    whole, _, fraction = decimal_text(rounded).partition(".")
    return f"{int(whole):,}.{fraction} {money.currency}" if rounded >= 0 else f"{money}"
