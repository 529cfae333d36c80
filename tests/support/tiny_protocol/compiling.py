"""The tiny protocol's half of the compiler: an endpoint's `tiny` block becomes a `TinyWire`."""

from __future__ import annotations

from intertie.compiler.build import Build
from intertie.compiler.results import compile_result
from intertie.compiler.schemas import SchemaShelf
from intertie.compiler.shared import Shared
from intertie.compiler.wires.contract import CallTarget, CompiledWire
from intertie.core.errors import snake_case
from intertie.runtime.schemas import CompiledSchema
from intertie.spec.model import Endpoint
from support.tiny_protocol.plan import KEY_HEADER, TAG, TinyWire


class TinyCompiler:
    """The protocol's half."""

    tag = TAG
    name = "Tiny"
    block = "tiny"
    about_block = "Topic of the question, its schema, whether it only asks, and whether it takes a key."

    def locate(self, build: Build, endpoint: Endpoint, name: str) -> CallTarget | None:
        """Return the block."""
        block = endpoint.protocol_block
        if block is None or not isinstance(block.value, dict) or "topic" not in block.value:
            build.report("incomplete-endpoint", f"{name} has no `tiny.topic`", endpoint.head)
            return None
        return CallTarget(block.span, snake_case(str(block.value["topic"])), block.value)

    def compile(
        self,
        build: Build,
        endpoint: Endpoint,
        target: CallTarget,
        operation: str,
        *,
        shared: Shared,
        shelf: SchemaShelf,
    ) -> CompiledWire:
        """Return the question."""
        del operation, shared
        said, here = target.parts, str(target.span)
        question = CompiledSchema(said["question"], "inline") if "question" in said else None
        return CompiledWire(
            TinyWire(said["topic"], question, follows=bool(said.get("follows"))),
            compile_result(build, endpoint, shelf),
            replay_safe=bool(said.get("only_asks")),
            is_read=bool(said.get("only_asks")),
            idempotency_header=KEY_HEADER if said.get("keyed") else None,
            message=question,
            sources={
                "request_validation": {"body": here, "schema": here},
                "idempotency_key": {"header": here},
                "classify": {"success": here},
            },
        )
