"""Arguments of a transform, bound to its parameters: literals checked once, paths read for each source object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import msgspec

from intertie.runtime.mapping.contracts import MISSING, FieldPath
from intertie.runtime.mapping.errors import MappingSyntaxError
from intertie.runtime.mapping.paths import parse_path
from intertie.runtime.mapping.syntax import ArgumentSyntax, Bare, CallSyntax, written
from intertie.runtime.mapping.values import TransformError, boolean, decimal, integer, kind_of

if TYPE_CHECKING:
    from intertie.runtime.mapping.transforms.spec import ArgumentSpec

_WORDS: Final = {
    "text": "a text in quotes",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "`true` or `false`",
    "map": "a map such as `{a: b}`",
    "list": "a list such as `[a, b]`",
    "currency": "a currency code such as `EUR`",
    "zone": "a time zone such as `Europe/Berlin`",
    "word": "a name",
    "path": "a path such as `price.amount`",
    "any": "a value",
}


_TEXTS: Final = frozenset({"text", "word", "currency", "zone", "any"})


class Argument(msgspec.Struct, frozen=True):
    """One argument: a literal, or a path into the source object.

    Attributes:
        depth: How many `[]` the path has; 0 for a literal.
    """

    name: str
    kind: str
    literal: object = None
    path: FieldPath | None = None
    depth: int = 0
    required: bool = True

    def value(self, source: object) -> object:
        """Return the argument for one source object.

        Raises:
            TransformError: The path finds nothing, or a value of another kind.
        """
        if self.path is None:
            return self.literal
        found = self.path.read(source)
        if type(found) is str and self.kind in _TEXTS:
            return found
        if found is MISSING or found is None:
            if self.kind == "any" or not self.required:
                return None
            raise TransformError(f"needs `{self.path.text}` for its argument `{self.name}`, and nothing is there")
        if self.depth and isinstance(found, list):
            return [None if each is None else self._checked(each) for each in found]
        return self._checked(found)

    def _checked(self, found: object) -> object:
        try:
            return _fitting(self.kind, found)
        except ValueError:
            raise TransformError(
                f"needs {_WORDS[self.kind]} for its argument `{self.name}`, and finds {kind_of(found)}"
            ) from None


def bound(call: CallSyntax, parameters: Sequence[ArgumentSpec] | None, usage: str) -> tuple[Argument, ...]:
    """Return the arguments of a call in the order of the parameters, with the defaults of those not given.

    Args:
        call: As written.
        parameters: None where any arguments are taken (an application's function).
        usage: How the transform is written, for messages.

    Raises:
        MappingSyntaxError: One too many, missing, unknown, given twice, or of the wrong kind.
    """
    if parameters is None:
        if named := next((each for each in call.arguments if each.keyword), None):
            raise MappingSyntaxError(f"`{call.name}` takes its arguments in order, without names", named.offset)
        return tuple(_argument(each, f"{index + 1}", "any") for index, each in enumerate(call.arguments))
    given: dict[str, Argument] = {}
    rest: list[Argument] = []
    ordered = list(parameters)
    for position, written_argument in enumerate(call.arguments):
        parameter = _parameter(written_argument, position, ordered, call, usage)
        argument = _argument(written_argument, parameter.name, parameter.kind, required=parameter.required)
        if parameter.variadic:
            rest.append(argument)
        elif parameter.name in given:
            raise MappingSyntaxError(f"the argument `{parameter.name}` is given twice", written_argument.offset)
        else:
            given[parameter.name] = argument
    bound_ones: list[Argument] = []
    for parameter in ordered:
        if parameter.variadic:
            bound_ones.extend(rest)
        elif parameter.name in given:
            bound_ones.append(given[parameter.name])
        elif parameter.required:
            raise MappingSyntaxError(f"the argument `{parameter.name}` is missing: write `{usage}`", call.offset)
        else:
            bound_ones.append(Argument(parameter.name, parameter.kind, parameter.default))
    return tuple(bound_ones)


def _parameter(
    argument: ArgumentSyntax, position: int, ordered: list[ArgumentSpec], call: CallSyntax, usage: str
) -> ArgumentSpec:
    if argument.keyword is not None:
        for parameter in ordered:
            if parameter.name == argument.keyword:
                return parameter
        raise MappingSyntaxError(
            f"`{call.name}` has no argument `{argument.keyword}`: write `{usage}`", argument.offset
        )
    if position < len(ordered):
        return ordered[position]
    if ordered and ordered[-1].variadic:
        return ordered[-1]
    raise MappingSyntaxError(f"`{call.name}` has too many arguments: write `{usage}`", argument.offset)


def _argument(argument: ArgumentSyntax, name: str, kind: str, *, required: bool = True) -> Argument:
    value = argument.value
    if isinstance(value, Bare):
        if kind == "path":
            return Argument(name, kind, _path(value.text, value.offset))
        if not _is_literal_word(kind, value.text):
            path = _path(value.text, value.offset)
            return Argument(name, kind, None, path, getattr(path, "depth", 0), required)
        value = value.text
    elif kind == "path" and isinstance(value, str):
        return Argument(name, kind, _path(value, argument.offset))
    if value is None and (not required or kind == "any"):
        return Argument(name, kind, None)
    try:
        return Argument(name, kind, _fitting(kind, value))
    except ValueError:
        raise MappingSyntaxError(
            f"the argument `{name}` is {_WORDS[kind]}, not {kind_of(value)}", argument.offset
        ) from None


def _path(text: str, offset: int) -> FieldPath:
    try:
        return parse_path(text)
    except MappingSyntaxError as error:
        raise MappingSyntaxError(error.message, offset + error.offset) from None


def _is_literal_word(kind: str, word: str) -> bool:
    """Whether a bare word stands for itself rather than for a path."""
    if kind == "word":
        return True
    if kind == "currency":
        return len(word) == 3 and word.isascii() and word.isalpha() and word.isupper()
    if kind == "zone":
        return "/" in word or word in ("UTC", "Z") or word[0] in "+-"
    return False


def _fitting(kind: str, value: object) -> object:
    if kind in _TEXTS and kind != "any":
        if isinstance(value, str | int | Decimal):
            return written(value)
        raise ValueError(kind)
    if kind == "integer":
        return integer(value)
    if kind == "number":
        return decimal(value)
    if kind == "boolean":
        return boolean(value)
    if (kind == "map" and not isinstance(value, Mapping)) or (kind == "list" and not isinstance(value, list)):
        raise ValueError(kind)
    return value
