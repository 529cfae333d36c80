"""The stages of each operation as data: what is on, with effective numbers and where each came from."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from msgspec.structs import replace

from intertie.runtime.order import ORDER
from intertie.runtime.plan import OperationPlan, Plan, StageDescription

Sources = Mapping[str, Mapping[str, str]]
"""Stage -> option -> `path:line`, `config` or `default`."""


def with_stages(plan: Plan, shared: Sources, own: Mapping[str, Sources]) -> Plan:
    """Return the plan with its operations' stages described, outermost first, those that are on.

    Args:
        plan: Whose guards describe themselves.
        shared: Sources of what all operations have in common.
        own: Operation -> sources of what is its own; they come before the shared ones.
    """
    once: dict[str, StageDescription | None] = {}

    def described(operation: OperationPlan) -> tuple[StageDescription, ...]:
        found: list[StageDescription] = []
        for guard in ORDER:
            if not guard.per_operation and guard.stage in once:
                description = once[guard.stage]
            else:
                sources = {**shared.get(guard.stage, {}), **own[operation.id].get(guard.stage, {})}
                description = _description(guard.stage, guard.describe(plan, operation), sources)
                once[guard.stage] = description
            if description is not None:
                found.append(description)
        return tuple(found)

    operations = {name: replace(operation, stages=described(operation)) for name, operation in plan.operations.items()}
    return replace(plan, operations=MappingProxyType(operations))


def _description(
    stage: str, options: Mapping[str, object] | None, sources: Mapping[str, str]
) -> StageDescription | None:
    if options is None:
        return None
    return StageDescription(str(stage), options, {name: sources.get(name, "default") for name in options})
