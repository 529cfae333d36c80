"""What the library knows of one named transform."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from inspect import Parameter, signature

from msgspec import Struct

_KIND_OF_ANNOTATION = {
    "str": "text",
    "int": "integer",
    "Decimal": "number",
    "bool": "boolean",
    "Mapping[str, object]": "map",
    "list[object]": "list",
    "FieldPath": "path",
    "Currency": "currency",
    "Zone": "zone",
    "Word": "word",
    "object": "any",
}
"""Annotation of a parameter -> kind of the argument in a spec.

`path` is a path into the value itself; `currency`, `zone` and `word` take a bare word for a literal (`EUR`,
`Europe/Berlin`, `name`), the others for a path into the source object.
"""


class ArgumentSpec(Struct, frozen=True):
    """One parameter of a transform."""

    name: str
    kind: str
    required: bool
    default: object
    variadic: bool


@dataclass(frozen=True)
class TransformSpec:
    """One named transform.

    Attributes:
        function: `(value, *arguments) -> result`: pure; raises ValueError (`TransformError`) naming kinds and rules.
        takes, gives: Kinds of input and result: `text`, `number`, `integer`, `boolean`, `datetime`, `list`, `object`,
            `any`.
        inverse: Name of the transform that undoes it, None where there is none.
        takes_null: It is called for null too; the others give null for null.
    """

    function: Callable[..., object]
    takes: str
    gives: str
    inverse: str | None = None
    takes_null: bool = False

    @property
    def name(self) -> str:
        """The function's name without the underscore that keeps it apart from a builtin."""
        return self.function.__name__.rstrip("_")

    @property
    def summary(self) -> str:
        """First line of the docstring."""
        return (self.function.__doc__ or "").strip().splitlines()[0]

    @cached_property
    def arguments(self) -> tuple[ArgumentSpec, ...]:
        """The parameters after the value, in order."""
        parameters = list(signature(self.function).parameters.values())[1:]
        return tuple(
            ArgumentSpec(
                name=parameter.name.rstrip("_"),
                kind=_KIND_OF_ANNOTATION[str(parameter.annotation).removesuffix(" | None")],
                required=parameter.default is Parameter.empty and parameter.kind is not Parameter.VAR_POSITIONAL,
                default=None if parameter.default is Parameter.empty else parameter.default,
                variadic=parameter.kind is Parameter.VAR_POSITIONAL,
            )
            for parameter in parameters
        )

    @property
    def usage(self) -> str:
        """How it is written, such as `round(places=0, mode="half_up")`."""
        written = [_usage(argument) for argument in self.arguments]
        return f"{self.name}({', '.join(written)})" if written else self.name


def _usage(argument: ArgumentSpec) -> str:
    if argument.variadic:
        return f"{argument.name}, …"
    if argument.required:
        return argument.name
    if argument.default is None:
        return f"[{argument.name}]"
    default = argument.default
    shown = (
        f'"{default}"' if isinstance(default, str) else str(default).lower() if isinstance(default, bool) else default
    )
    return f"{argument.name}={shown}"
