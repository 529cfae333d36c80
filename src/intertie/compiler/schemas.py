"""Schemas of a spec, shared by all operations that use them."""

from __future__ import annotations

from intertie.compiler.build import Build
from intertie.compiler.schema_parts import SharedParts
from intertie.diagnostics import SourceSpan
from intertie.runtime.schemas import CompiledSchema
from intertie.spec.fields import Located
from intertie.spec.model import Schema


class SchemaShelf:
    """Each schema once, however many operations name it, so that it is compiled once too."""

    def __init__(self, build: Build) -> None:
        self._build = build
        self._by_identity: dict[int, CompiledSchema] = {}
        self._places: list[tuple[CompiledSchema, SourceSpan]] = []

    def take(self, located: Located[Schema] | None) -> CompiledSchema | None:
        """Return the schema behind a field, None where there is none."""
        if located is None:
            return None
        schema = located.value
        found = self._by_identity.get(id(schema.json))
        if found is None:
            found = self._by_identity[id(schema.json)] = CompiledSchema(schema.json, schema.name)
            self._places.append((found, located.span))
        return found

    def take_json(self, json: dict[str, object], name: str, span: SourceSpan) -> CompiledSchema:
        """Return a schema made from a parameter's fields."""
        schema = CompiledSchema(json, name)
        self._places.append((schema, span))
        return schema

    def check(self) -> None:
        """Report every schema that does not compile, at the place that names it."""
        parts = SharedParts()
        for schema, span in self._places:
            if parts.compile(schema.json):
                continue
            try:
                schema.compile()
            except ValueError as wrong:
                name = f"schema `{schema.name}`" if schema.name else "this schema"
                reason = str(wrong).splitlines()[0][:200]
                self._build.report("uncompilable-schema", f"{name} does not compile: {reason}", span)
