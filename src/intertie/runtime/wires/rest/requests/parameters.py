"""One parameter: its value coerced, validated and written in its style."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from intertie.runtime.inputs.coercion import coerced
from intertie.runtime.inputs.complaints import broken, invalid
from intertie.runtime.inputs.plain_data import NotPlainError, plain
from intertie.runtime.inputs.schema_shape import only_value, shape_of
from intertie.runtime.mapping.contracts import MISSING
from intertie.runtime.wires.rest.plan import ParameterPlan
from intertie.runtime.wires.rest.requests.headers import sendable
from intertie.runtime.wires.rest.requests.percent import component
from intertie.runtime.wires.rest.requests.styles import header_text, path_text, query_text

_PYTHON_TYPES = {"string": str, "integer": int, "boolean": bool}


class Parameter:
    """A parameter compiled once.

    Attributes:
        name, location: As in the plan.
    """

    __slots__ = ("_at_once", "_default", "_operation", "_plan", "_write", "location", "name")

    def __init__(self, plan: ParameterPlan, operation: str) -> None:
        self.name = plan.name
        self.location = plan.location
        self._plan = plan
        self._operation = operation
        self._default = plan.default if plan.has_default else MISSING
        if plan.required and not plan.has_default and plan.location != "path":
            # Nothing else can be sent, so nobody has to say it.
            only = only_value(plan.schema.json)
            self._default = MISSING if only is None else only
        shape = shape_of(plan.schema.json, plan.schema.json)
        # A value of a plain type whose schema asks for nothing else is right without asking the validator.
        self._at_once = (
            frozenset(_PYTHON_TYPES[kind] for kind in shape.types if kind in _PYTHON_TYPES)
            if shape.only_types
            else frozenset()
        )
        self._write = _writer(plan)

    def text(self, given: object, internal: Mapping[str, str]) -> str | None:
        """Return the parameter as it is sent; None where it is not given, not required, and has no default.

        Args:
            given: The value, `MISSING` or None where there is none.
            internal: Parameter name -> the caller's name of the field, from the outbound mapping.

        Raises:
            InvalidInput: It is required and missing, breaks its schema, or can't be sent.
        """
        if given is MISSING or given is None:
            given = self._default
            if given is MISSING or given is None:
                if self._plan.required:
                    raise invalid(self._operation, self._ours(internal), f"is required ({self.location} parameter)")
                return None
        if type(given) not in self._at_once:
            given = self._checked(given, internal)
        try:
            return self._write(given)
        except (ValueError, RecursionError) as error:
            rule = str(error) if type(error) is ValueError else "must be text that can be encoded"
            raise invalid(self._operation, self._ours(internal), rule) from None

    def _checked(self, given: object, internal: Mapping[str, str]) -> object:
        schema = self._plan.schema
        try:
            value = plain(coerced(given, schema.json, schema.json), "")
        except NotPlainError as error:
            raise invalid(self._operation, self._ours(internal) + error.path, error.rule) from None
        if not schema.is_valid(value):
            raise broken(self._operation, schema, value, {self.name: self._ours(internal)}, self.name)
        return value

    def _ours(self, internal: Mapping[str, str]) -> str:
        return internal.get(self.name, self.name)


def _writer(plan: ParameterPlan) -> Callable[[object], str]:
    name, style, explode = plan.name, plan.style, plan.explode
    if plan.location == "path":
        return lambda value: _segment(name, value, style, explode=explode)
    if plan.location == "header":
        return lambda value: sendable(header_text(value, explode=explode))
    key = component(name) + "="

    def query(value: object) -> str:
        if type(value) is str and style != "deepObject":
            return key + component(value)
        return query_text(name, value, style, explode=explode)

    return query


def _segment(name: str, value: object, style: str, *, explode: bool) -> str:
    """Return a path parameter: encoded, never empty, never a dot segment, not even after a server decodes it once more.

    Source: RFC 3986 sections 3.3 and 6.2.2.3.
    """
    if type(value) is str and style == "simple":
        _refuse_dots(value)
        return component(value)
    written = path_text(name, value, style, explode=explode)
    for part in value if isinstance(value, list) else [value]:
        _refuse_dots(str(part))
    return written


def _refuse_dots(text: str) -> None:
    if not text:
        raise ValueError("must not be empty: it is a part of the path")
    if "." in text and any(part in (".", "..") for part in text.replace("\\", "/").split("/")):
        raise ValueError("must not be `.` or `..`, alone or between slashes: it is a part of the path")
