"""JSON Schemas, compiled on first use; nothing outside the schema is ever read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Never

from intertie.runtime.branching import asked_of, is_branching, quick_to_fail
from intertie.runtime.bytes_schema import broken_by_bytes

if TYPE_CHECKING:
    import jsonschema_rs


def _refuse(uri: str) -> Never:
    msg = f"schema reference {uri} points outside the spec"
    raise ValueError(msg)


class CompiledSchema:
    """A JSON Schema 2020-12, self-contained. Compiled when first asked, since many calls never need some of them."""

    __slots__ = ("_locator", "_validator", "json", "name")

    def __init__(self, json: Mapping[str, object] | bool, name: str | None = None) -> None:
        self.json = json
        self.name = name
        self._validator: jsonschema_rs.Validator | None = None
        self._locator: jsonschema_rs.Validator | None = None

    def is_valid(self, value: object) -> bool:
        """Return whether `value` (plain data, or bytes) satisfies the schema."""
        if type(value) is bytes:
            return broken_by_bytes(self.json, len(value), root=self.json) is None
        try:
            return (self._validator or self._compiled()).is_valid(value)
        except UnicodeEncodeError:
            return False  # half a character, which no JSON can hold

    def first_error(self, value: object) -> tuple[str, str] | None:
        """Return (path, rule) of the first violation, None where there is none. Neither holds a value of the data.

        The path is `$.items[3].price`; the rule is the schema's keyword with what it asks, such as `minimum 1`.
        """
        if type(value) is bytes:
            rule = broken_by_bytes(self.json, len(value), root=self.json)
            return None if rule is None else ("$", rule)
        if self.is_valid(value):
            return None
        if is_branching(self.json):
            return self._located(value)
        try:
            error = next(self._compiled().iter_errors(value), None)
        except UnicodeEncodeError:
            return "$", "encoding UTF-8"
        return None if error is None else (_path(error), self._rule(error.schema_path))

    def _located(self, value: object) -> tuple[str, str]:
        """Return (path, rule) of a violation of a branching schema, in as little time as `is_valid` takes."""
        import jsonschema_rs  # noqa: PLC0415  # as below

        if self._locator is None:
            quick = quick_to_fail(self.json)
            if quick is None:
                return "$", "schema"
            self._locator = _validator(quick)
        try:
            self._locator.validate(value)
        except UnicodeEncodeError:
            return "$", "encoding UTF-8"
        except jsonschema_rs.ValidationError as error:
            return _path(error), asked_of(error.kind) or self._rule(error.schema_path)
        return "$", "schema"

    def _rule(self, schema_path: list[str | int]) -> str:
        keyword = str(schema_path[-1]) if schema_path else "schema"
        asked: object = self.json
        for part in schema_path:
            try:
                asked = asked[part]  # type: ignore[index]
            except (KeyError, IndexError, TypeError):
                return keyword  # behind a $ref the path is not a path of this document
        if isinstance(asked, str):
            return f"{keyword} {asked}"
        return (
            f"{keyword} {json.dumps(asked, ensure_ascii=False, default=str)}"
            if isinstance(asked, int | float | list)
            else keyword
        )

    def compile(self) -> Callable[[object], bool]:
        """Compile now, for whoever wants to know that it can be; return what tells whether JSON data satisfies it.

        Raises:
            ValueError: It can't; the message says why.
        """
        return self._compiled().is_valid

    def _compiled(self) -> jsonschema_rs.Validator:
        if self._validator is None:
            self._validator = _validator(self.json)
        return self._validator

    def __repr__(self) -> str:
        return f"CompiledSchema({self.name or '…'})"


def _validator(schema: Mapping[str, object] | bool) -> jsonschema_rs.Validator:
    import jsonschema_rs  # noqa: PLC0415  # 10 ms, paid by the first call that validates

    plain = schema if isinstance(schema, bool) else dict(schema)
    return jsonschema_rs.Draft202012Validator(plain, validate_formats=True, retriever=_refuse)


def _path(error: jsonschema_rs.ValidationError) -> str:
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.instance_path)
