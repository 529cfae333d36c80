"""Transforms compiled from their text: `name`, `name(arguments)`, chains with `|`, and CEL expressions.

Under a `[]` path a transform works on each element, unless it takes a list: then it takes the whole innermost list.
`items[].sku` with `trim | join("-")` trims each and joins all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import lru_cache
from inspect import signature
from typing import Final, Protocol

from intertie.runtime.mapping.arguments import Argument, bound
from intertie.runtime.mapping.contracts import MISSING, Transform
from intertie.runtime.mapping.errors import MappingSyntaxError
from intertie.runtime.mapping.expressions import Expression, MissingExtraError
from intertie.runtime.mapping.registered import RegisteredTransform, registered_transforms
from intertie.runtime.mapping.syntax import CallSyntax, NotACallError, read_chain
from intertie.runtime.mapping.values import READERS, TransformError, kind_of

_LONGEST: Final = 4_000
_EXPRESSION_PREFIX: Final = "cel:"
_OPERATOR_RE: Final = re.compile(r"[-+*/%<>=!?\[.]|&&|\w\s*\|\|")
_OTHER_NAMES: Final = {
    "upper": "uppercase", "to_upper": "uppercase", "lower": "lowercase", "to_lower": "lowercase", "strip": "trim",
    "int": "to_integer", "to_int": "to_integer", "float": "to_number", "to_float": "to_number", "str": "to_string",
    "bool": "to_boolean", "to_bool": "to_boolean", "decimal": "to_decimal", "len": "length", "size": "length",
    "concat": "join", "map": "enum", "cents_to_decimal": "minor_units_to_decimal", "lookup": "enum",
    "cents_to_dollars": "minor_units_to_decimal", "cents_to_euros": "minor_units_to_decimal",
    "cents_to_amount": "minor_units_to_decimal", "euros_to_cents": "decimal_to_minor_units",
    "amount_to_cents": "decimal_to_minor_units", "parse_iso8601": "iso8601_to_datetime",
    "parse_timestamp": "iso8601_to_datetime",
    "dollars_to_cents": "decimal_to_minor_units",
    "timestamp_to_datetime": "unix_to_datetime", "epoch_to_datetime": "unix_to_datetime",
    "to_iso8601": "datetime_to_iso8601",
    "to_datetime": "iso8601_to_datetime", "parse_date": "parse_datetime", "format_date": "format_datetime",
    "hash": "sha256", "redact": "mask", "distinct": "unique", "filter": "where", "ifnull": "default", "nvl": "default",
}  # fmt: skip
"""What other tools call our transforms: for the did-you-mean alone."""


class Step(Protocol):
    """One call of a chain."""

    name: str
    takes_list: bool
    gives_list: bool
    takes_null: bool

    def arguments(self, source: object) -> tuple[object, ...]:
        """Return the values of the arguments for one source object."""

    def call(self, value: object, arguments: tuple[object, ...], source: object) -> object:
        """Return the result for one value, which is null only where `takes_null`."""

    aligned: tuple[bool, ...]
    """Per argument: it is read through a `[]` path and goes element by element with the value."""


def parse_transform(text: str) -> Transform:
    """Return the compiled transform.

    >>> parse_transform("trim | lowercase").apply("  EUR ", {})
    'eur'
    >>> parse_transform("minor_units_to_decimal(currency)").apply(1250, {"currency": "eur"})
    Decimal('12.50')

    Raises:
        MappingSyntaxError: The text can't be read, names no transform, or an argument does not fit.
    """
    # Application functions can be registered anew: only what the text alone decides is remembered.
    return _Compiled(text, tuple(_steps(text)))


def _steps(text: str) -> list[Step]:
    if len(text) > _LONGEST:
        raise MappingSyntaxError(f"a transform has at most {_LONGEST} characters")
    stripped = text.lstrip()
    if stripped.startswith(_EXPRESSION_PREFIX):
        start = len(text) - len(stripped) + len(_EXPRESSION_PREFIX)
        return [_ExpressionStep(Expression(text[start:], start))]
    if not stripped:
        raise MappingSyntaxError("a transform can't be empty: write its name, or `-` for none")
    try:
        calls = _chain(text)
    except NotACallError as error:
        return [_ExpressionStep(_as_expression(text, error))]
    return [_step(call) for call in calls]


@lru_cache(maxsize=1024)
def _chain(text: str) -> tuple[CallSyntax, ...]:
    return tuple(read_chain(text))


def _as_expression(text: str, error: NotACallError) -> Expression:
    """Compile as CEL what has operators instead of the form of calls; say both where it is neither."""
    if not _OPERATOR_RE.search(text):
        raise error
    try:
        return Expression(text)
    except MissingExtraError as other:
        raise MappingSyntaxError(f"{error.message}; as an expression: {other.message}", error.offset) from None
    except MappingSyntaxError as other:
        raise MappingSyntaxError(
            f"`{text.strip()}` is neither a call such as `round(2)` nor an expression: {other.message}", other.offset
        ) from None


def _step(call: CallSyntax) -> Step:
    from intertie.runtime.mapping.transforms import LIBRARY  # noqa: PLC0415  # loaded when a spec has transforms

    if spec := LIBRARY.get(call.name):
        return _LibraryStep(
            call.name,
            spec.function,
            bound(call, spec.arguments, spec.usage),
            takes=spec.takes,
            gives_list=spec.gives == "list",
            takes_null=spec.takes_null,
        )
    if own := registered_transforms().get(call.name):
        return _registered_step(call, own)
    known = [*LIBRARY, *registered_transforms()]
    name = call.name.lower()
    close = _OTHER_NAMES.get(name) or next(iter(get_close_matches(name, known, 1, 0.75)), None)
    if close:
        raise MappingSyntaxError(f"there is no transform `{call.name}`: did you mean `{close}`?", call.offset)
    raise MappingSyntaxError(
        f"there is no transform `{call.name}`: an expression is written `cel: …`, and a function of the application "
        "must be registered before the spec is opened",
        call.offset,
    )


def _registered_step(call: CallSyntax, own: RegisteredTransform) -> Step:
    arguments = bound(call, None, own.name)
    try:
        signature(own.function).bind(None, *(argument.literal for argument in arguments))
    except TypeError as error:
        raise MappingSyntaxError(
            f"the arguments of `{own.name}` do not fit its function: {error}", call.offset
        ) from None
    except ValueError:
        pass  # builtins without a signature: their own check comes with the call
    return _LibraryStep(
        own.name, own.function, arguments, takes="list" if own.takes_list else "any", gives_list=False, takes_null=False
    )


class _LibraryStep:
    """A function with arguments that are literals or paths into the source."""

    __slots__ = (
        "_arguments",
        "_fixed",
        "_function",
        "_read",
        "aligned",
        "gives_list",
        "name",
        "takes_list",
        "takes_null",
    )

    def __init__(
        self,
        name: str,
        function: Callable[..., object],
        arguments: tuple[Argument, ...],
        *,
        takes: str,
        gives_list: bool,
        takes_null: bool,
    ) -> None:
        self.name = name
        self.takes_list = takes == "list"
        self.gives_list = gives_list
        self.takes_null = takes_null
        self._function = function
        self._read = READERS[takes]
        self._arguments = arguments
        self.aligned = tuple(argument.depth > 0 for argument in arguments)
        self._fixed = (
            None if any(argument.path for argument in arguments) else tuple(argument.literal for argument in arguments)
        )

    def arguments(self, source: object) -> tuple[object, ...]:
        """Return the literals, or read the paths."""
        if self._fixed is not None:
            return self._fixed
        if len(self._arguments) == 1:
            return (self._arguments[0].value(source),)
        return tuple([each.value(source) for each in self._arguments])

    def call(self, value: object, arguments: tuple[object, ...], source: object) -> object:  # noqa: ARG002
        """Check the value's kind and call the function."""
        return self._function(self._read(value), *arguments)

    def direct(self) -> Callable[[object, object], object]:
        """Return a function of value and source that does this step alone, outside lists."""
        function, read, fixed, takes_null = self._function, self._read, self._fixed, self.takes_null

        def one(value: object, source: object) -> object:
            if value is not None and value is not MISSING:
                try:
                    return function(read(value), *(self.arguments(source) if fixed is None else fixed))
                except Exception as error:  # noqa: BLE001  # see `_said`
                    raise _said(self.name, value, error) from None
            return value if not takes_null else _one(self, None, _named(self, source), source)

        return one


class _ExpressionStep:
    """A CEL expression as a step."""

    __slots__ = ("_expression", "aligned", "gives_list", "name", "takes_list", "takes_null")

    def __init__(self, expression: Expression) -> None:
        self.name = "cel"
        self.takes_list = False
        self.gives_list = False
        self.takes_null = expression.takes_null
        self.aligned: tuple[bool, ...] = ()
        self._expression = expression

    def arguments(self, source: object) -> tuple[object, ...]:  # noqa: ARG002
        """Return nothing: an expression reads the source itself."""
        return ()

    def call(self, value: object, arguments: tuple[object, ...], source: object) -> object:  # noqa: ARG002
        """Evaluate."""
        return self._expression(value, source)


class _Compiled:
    """A chain of steps.

    Attributes:
        takes_missing: It makes something of an absent value (`default`, `coalesce`).
    """

    __slots__ = ("_steps", "name", "takes_missing", "text")

    def __init__(self, text: str, steps: tuple[Step, ...]) -> None:
        self.text = text
        self.name = " | ".join(step.name for step in steps)
        self.takes_missing = any(step.takes_null for step in steps)
        self._steps = steps

    def apply(self, value: object, source: Mapping[str, object]) -> object:
        """Return the transformed value."""
        return self.apply_at(value, source, 0)

    def applier(self, depth: int) -> Callable[[object, object], object]:
        """Return `apply_at` for one depth, as directly as can be: a mapping row asks once and calls often."""
        step = self._steps[0]
        if depth or len(self._steps) > 1 or not isinstance(step, _LibraryStep):
            return lambda value, source: self.apply_at(value, source, depth)
        return step.direct()

    def apply_at(self, value: object, source: object, depth: int) -> object:
        """Return the transformed value of a path with `depth` times `[]`: element by element, absent ones skipped.

        Raises:
            TransformError: A step can't take a value; `positions` says which.
        """
        for step in self._steps:
            level = depth - 1 if step.takes_list and depth else depth
            arguments = _named(step, source)
            value = _each(step, value, arguments, source, level) if level else _one(step, value, arguments, source)
            depth = level + 1 if step.gives_list else level
        return value

    def __repr__(self) -> str:
        return f"Transform({self.text})"


def _named(step: Step, source: object) -> tuple[object, ...]:
    """Return the step's arguments for one source; an error names the step."""
    try:
        return step.arguments(source)
    except TransformError as error:
        raise TransformError(f"`{step.name}` {error}") from None


def _each(step: Step, values: object, arguments: tuple[object, ...], source: object, depth: int) -> object:
    if not isinstance(values, list):
        return _one(step, values, arguments, source)
    results: list[object] = []
    for index, value in enumerate(values):
        own = _at(step, arguments, index) if any(step.aligned) else arguments
        try:
            deeper = depth > 1 and isinstance(value, list)
            results.append(_each(step, value, own, source, depth - 1) if deeper else _one(step, value, own, source))
        except TransformError as error:
            raise TransformError(str(error), (index, *error.positions)) from None
    return results


def _at(step: Step, arguments: tuple[object, ...], index: int) -> tuple[object, ...]:
    return tuple(
        argument[index] if aligned and isinstance(argument, list) and index < len(argument) else argument
        for argument, aligned in zip(arguments, step.aligned, strict=True)
    )


def _one(step: Step, value: object, arguments: tuple[object, ...], source: object) -> object:
    # null stays null and absent stays absent, but for the steps whose work that is.
    if value is None or value is MISSING:
        if not step.takes_null:
            return value
        value = None
    if step.takes_list and isinstance(value, list) and MISSING in value:
        value = [None if element is MISSING else element for element in value]
    try:
        return step.call(value, arguments, source)
    except Exception as error:  # noqa: BLE001  # see `_said`
        raise _said(step.name, value, error) from None


def _said(name: str, value: object, error: Exception) -> TransformError:
    """Return what is told of a failure: our own words, else the class alone, since a message may repeat the value."""
    if isinstance(error, TransformError):
        return TransformError(f"`{name}` {error}")
    kind = kind_of(value).removeprefix("a ").removeprefix("an ")
    return TransformError(f"`{name}` can't take this {kind} ({type(error).__name__})")
