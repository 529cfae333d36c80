from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity, SourceSpan
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import is_written, sections
from intertie.spec.model import Spec
from intertie.spec.tree import MappingNode


@rule(code="TIE536", severity=Severity.WARNING, since="0.1.0")
def missing_pricing_model(spec: Spec) -> Iterator[Finding]:
    """The costs have prices but no pricing model."""
    costs = spec.costs
    if costs and costs.tiers and costs.pricing_model is None and not is_written(spec, "costs", "pricing_model"):
        yield Finding(
            _key(spec) or costs.head, "there is no pricing model", "add `pricing_model: per_request`, or another"
        )


def _key(spec: Spec) -> SourceSpan | None:
    """Return the place of the word `tiers`."""
    for section in sections(spec):
        for block in section.blocks:
            costs = block.root.get("costs")
            entry = costs.entry("tiers") if isinstance(costs, MappingNode) else None
            if entry is not None:
                return entry.key.span
    return None
