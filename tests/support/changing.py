"""An operation's plan with a few fields changed, whether they are its own or its wire's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from msgspec.structs import replace

from intertie.runtime.plan import OperationPlan, ResultPlan
from intertie.runtime.schemas import CompiledSchema
from intertie.runtime.statuses import StatusSet
from intertie.runtime.wires.rest.plan import ErrorAnswerPlan, ResponsePlan


class Answers(NamedTuple):
    """What an operation's answers look like, and what a success holds."""

    response: ResponsePlan
    result: ResultPlan


def answers_of(
    statuses: Iterable[str] = ("200",),
    content_type: str | None = "application/json",
    codec: str = "json",
    schema: CompiledSchema | None = None,
    errors: tuple[ErrorAnswerPlan, ...] = (),
    **of_result: Any,
) -> Answers:
    """Return answers with their parts side by side; `changed` puts each where it belongs."""
    return Answers(ResponsePlan(StatusSet.of(statuses), content_type, codec, errors), ResultPlan(schema, **of_result))


def changed(operation: OperationPlan, **fields: Any) -> OperationPlan:
    """Return an operation with other fields of its own or of its wire; `response` may be `Answers`."""
    if isinstance(fields.get("response"), Answers):
        fields["response"], fields["result"] = fields["response"]
    of_wire = {name: fields.pop(name) for name in tuple(fields) if name in operation.wire.__struct_fields__}
    return replace(operation, wire=replace(operation.wire, **of_wire), **fields)
