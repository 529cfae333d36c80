"""What a transform makes of a type, and what it takes. What its function returns is known from its own annotation."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from inspect import signature

from intertie.generators.types.shapes import (
    ANY,
    NONE,
    OBJECT,
    Catalogue,
    Items,
    Scalar,
    Shape,
    Table,
    either,
    is_nullable,
    literal,
    without_null,
)
from intertie.runtime.mapping import MappingSyntaxError
from intertie.runtime.mapping.syntax import Bare, CallSyntax, NotACallError, read_chain
from intertie.runtime.mapping.transforms import LIBRARY, TransformSpec

_TAKEN: Mapping[str, Shape] = {
    "text": Scalar("str"),
    "number": Scalar("_Number"),
    "integer": Scalar("_Number"),
    "boolean": Scalar("bool"),
    "list": Items(OBJECT, read_only=True),
    "object": Table(OBJECT, read_only=True),
    "datetime": either([Scalar("str"), Scalar("date")]),
    "any": OBJECT,
}
"""Kind of a transform's input -> what a caller may give. A whole number may be a decimal; a `datetime` is a `date`."""
_GIVEN: Mapping[str, Shape] = {
    "str": Scalar("str"),
    "int": Scalar("int"),
    "bool": Scalar("bool"),
    "Decimal": Scalar("Decimal"),
    "datetime": Scalar("datetime"),
    "int | float": Scalar("float"),
    "list[str]": Items(Scalar("str")),
    "dict[str, object]": Table(ANY),
    "Items": Items(ANY),
}
"""Annotation of a transform's result -> its type."""
_OF_SCALARS = frozenset({"to_string", "to_integer", "to_decimal", "to_number", "to_boolean", "enum"})
_SAME_LIST = frozenset({"take", "skip", "sort", "reverse", "unique", "where"})
_EXACT = (Scalar("str"), Scalar("Decimal"))
_WHOLE = Scalar("int")


def input_of(text: str) -> tuple[Shape, bool] | None:
    """Return what the first step of a transform takes, and whether that is a whole list; None where nobody knows."""
    chain = _chain(text)
    known = LIBRARY.get(chain[0].name) if chain else None
    if known is None:
        return None
    if known.name == "enum" and len(chain[0].arguments) == 1:
        choices = chain[0].arguments[0].value
        keys = list(choices) if isinstance(choices, Mapping) else []
        # `1` may be given for the key "1": only words can be told apart from what else there is.
        if keys and all(isinstance(key, str) and key[:1].isalpha() for key in keys):
            return literal(keys), False
    if known.name in _OF_SCALARS:
        return Scalar("_Written"), False
    return _TAKEN[known.takes], known.takes == "list"


def takes_null(text: str) -> bool:
    """Return whether a transform makes something of an absent value."""
    chain = _chain(text)
    known = LIBRARY.get(chain[0].name) if chain else None
    return known is not None and known.takes_null


def result_of(text: str, shape: Shape, depth: int, catalogue: Catalogue) -> tuple[Shape, int]:
    """Return the type that a transform gives, and how many lists deep.

    Args:
        text: The transform.
        shape: Of one element.
        depth: How many lists the value is deep (`items[].sku`: 1).
        catalogue: Where named shapes are.
    """
    chain = _chain(text)
    if not chain:
        return ANY, 0
    for call in chain:
        known = LIBRARY.get(call.name)
        if known is None:
            return ANY, 0
        level = depth - 1 if known.takes == "list" and depth else depth
        taken = shape if level == depth else Items(shape)
        given = _given(known, call, catalogue.resolve(taken), catalogue)
        if known.gives == "list":
            items = without_null(given)
            shape, depth = (items.item if isinstance(items, Items) else ANY), level + 1
            if is_nullable(given):
                return ANY, 0  # a list or null under a path of lists: rare, and no list of anything
        else:
            shape, depth = given, level
    return shape, depth


@cache
def _chain(text: str) -> tuple[CallSyntax, ...]:
    """Return the calls of a transform, none of an expression."""
    try:
        return tuple(read_chain(text))
    except (NotACallError, MappingSyntaxError):
        return ()


def _given(known: TransformSpec, call: CallSyntax, taken: Shape, catalogue: Catalogue) -> Shape:
    if known.takes_null:
        return _made(known, call, taken, catalogue)
    made = _made(known, call, catalogue.resolve(without_null(taken)), catalogue)
    return either([made, NONE]) if is_nullable(taken) else made


def _made(known: TransformSpec, call: CallSyntax, taken: Shape, catalogue: Catalogue) -> Shape:
    """Return the type of a result for a value that is not null, unless the transform takes null."""
    returns = str(signature(known.function).return_annotation)
    if returns in ("Number", "Number | None"):
        number = _number(taken, catalogue)
        return either([number, NONE]) if returns != "Number" else number
    if known.name in _SAME_LIST and isinstance(taken, Items):
        return taken
    if returns != "object":
        return _GIVEN.get(returns, ANY)
    return _chosen(known.name, call, taken)


def _number(taken: Shape, catalogue: Catalogue) -> Shape:
    """Return the type of arithmetic: that of its input; of whole numbers a decimal where it is not whole."""
    members = catalogue.members(taken)
    if all(member in _EXACT for member in members):
        return Scalar("Decimal")
    if all(member == _WHOLE for member in members):
        return either([_WHOLE, Scalar("Decimal")])
    return either([Scalar("float"), Scalar("Decimal")])


def _chosen(name: str, call: CallSyntax, taken: Shape) -> Shape:
    """Return the type of a transform that hands on one of its arguments, or its value."""
    arguments = [argument.value for argument in call.arguments]
    if any(isinstance(value, Bare | list) for value in arguments):
        return ANY  # a path: what is there is not followed
    if name == "enum" and arguments and isinstance(arguments[0], Mapping):
        values = [*arguments[0].values(), *arguments[1:]]
        return ANY if any(isinstance(value, Bare | Mapping | list) for value in values) else literal(values)
    if any(isinstance(value, Mapping) for value in arguments):
        return ANY
    if name == "constant" and arguments:
        return literal(arguments[:1])
    if name == "if_true" and arguments:
        return literal(arguments if len(arguments) > 1 else [*arguments, None])
    if name in ("default", "coalesce") and arguments:
        return either([without_null(taken), literal(arguments)])
    if name in ("null_if", "empty_to_null"):
        return either([taken, NONE])
    return ANY
