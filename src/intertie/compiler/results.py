"""What a success holds, whatever the protocol: schema, validation and example."""

from __future__ import annotations

from intertie.compiler.build import Build
from intertie.compiler.schemas import SchemaShelf
from intertie.runtime.plan import ResultPlan
from intertie.spec.model import Endpoint


def compile_result(build: Build, endpoint: Endpoint, shelf: SchemaShelf, *, has_schema: bool = True) -> ResultPlan:
    """Return what a success holds.

    Args:
        build: The compilation.
        endpoint: As the spec has it.
        shelf: Gives compiled schemas.
        has_schema: False where its form is one that no schema is held against.
    """
    success = endpoint.response.success if endpoint.response else None
    validation = build.spec.validation
    mode = build.choose(validation.responses if validation else None, "validation.responses")
    schema = shelf.take(success.schema) if success else None
    example = success.example.value if success and success.example else None
    return ResultPlan(schema if has_schema else None, mode.value, example)


def result_sources(build: Build, endpoint: Endpoint, here: str) -> dict[str, str]:
    """Return the sources of validation: option -> place; `here` is the operation's own."""
    success = endpoint.response.success if endpoint.response else None
    validation = build.spec.validation
    return {
        "mode": build.choose(validation.responses if validation else None, "validation.responses").source,
        "schema": str(success.schema.span) if success and success.schema else here,
    }
