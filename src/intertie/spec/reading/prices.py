"""Prices whose model or unit can't be read: nobody is billed by a guess."""

from __future__ import annotations

from msgspec.structs import replace

from intertie.spec.model import Costs
from intertie.spec.tree import MappingNode, Node, ScalarNode, SequenceNode


def settle_prices(costs: Costs, node: Node) -> Costs:
    """Return the costs without the tiers whose unit is refused, without any where the pricing model is.

    What is refused is reported already. An absent or unfilled one has its default.
    """
    if not isinstance(node, MappingNode) or not costs.tiers:
        return costs
    if costs.pricing_model is None and _states(node, "pricing_model"):
        return replace(costs, tiers=())
    rows = node.get("tiers")
    refused = {
        item.span
        for item in (rows.items if isinstance(rows, SequenceNode) else ())
        if isinstance(item, MappingNode) and _states(item, "unit")
    }
    kept = tuple(tier for tier in costs.tiers if tier.unit is not None or tier.span not in refused)
    return costs if len(kept) == len(costs.tiers) else replace(costs, tiers=kept)


def _states(node: MappingNode, key: str) -> bool:
    """Return whether a field has a single value that is neither absent nor the template's list of choices."""
    value = node.get(key)
    return isinstance(value, ScalarNode) and value.value is not None
