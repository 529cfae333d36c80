"""The types that transforms take and give, against those of a schema."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from intertie.compiler.paths import NO_TRANSFORM
from intertie.core.units import parse_number
from intertie.lint.words import listed
from intertie.runtime.mapping import MappingSyntaxError
from intertie.runtime.mapping.syntax import Bare, NotACallError, read_chain
from intertie.runtime.mapping.transforms import LIBRARY

_TAKEN_BY = {
    # A text that is a number counts as one; ISO 8601 text is a date and time.
    "text": {"string"},
    "number": {"number", "integer", "string"},
    "integer": {"number", "integer", "string"},
    "boolean": {"boolean"},
    "list": {"array"},
    "object": {"object"},
    "datetime": {"string"},
}
"""Kind of a transform's input -> the JSON types it can take."""

_GIVEN_AS = {
    "text": {"string"},
    "number": {"number", "integer", "string"},
    "integer": {"integer", "number"},
    "boolean": {"boolean"},
    "list": {"array"},
    "object": {"object"},
    "datetime": {"string"},
}
"""Kind of a transform's result -> the JSON types it is sent as; a decimal may be sent as a number or as text."""

_WORDS = {"string": "text", "array": "a list", "object": "an object", "integer": "an integer", "number": "a number",
          "boolean": "a boolean"}  # fmt: skip
_KINDS = {"text": "text", "list": "a list", "object": "an object", "integer": "an integer", "number": "a number",
          "boolean": "a boolean", "datetime": "a date and time"}  # fmt: skip


_NO_NUMBERS = frozenset(
    {"date", "date-time", "time", "duration", "email", "uuid", "uri", "uri-reference", "hostname", "ipv4", "ipv6"}
)
"""Formats of text that is never a number."""
_NO_TIMES = _NO_NUMBERS - {"date", "date-time", "time"}


def text_kind(schema: Mapping[str, object] | None) -> str:
    """Return what a text field can't be read as: `never a number`, `neither` number nor time, or empty.

    >>> text_kind({"type": "string", "format": "date-time"}), text_kind({"type": "string", "enum": ["EUR", "USD"]})
    ('never a number', 'neither')
    """
    if schema is None or schema.get("type") != "string":
        return ""
    choices = schema.get("enum")
    if isinstance(choices, list) and choices:
        return "" if any(parse_number(str(choice)) is not None for choice in choices) else "neither"
    stated = schema.get("format")
    no_number, no_time = stated in _NO_NUMBERS, stated in _NO_TIMES
    return "neither" if no_number and no_time else "never a number" if no_number else ""


def mismatch(transform: str, types: frozenset[str], *, inbound: bool, text: str = "") -> str | None:
    """Return what does not fit, with `{field}` for the field's name; None where it fits or is not known.

    Args:
        transform: As written. Of a chain the first step counts inbound, the last one outbound.
        types: JSON types of the external field.
        inbound: Whether the field is read, else it is written.
        text: What `text_kind` says of the field.
    """
    try:
        chain = read_chain(transform)
    except (NotACallError, MappingSyntaxError):
        # An expression may take anything.
        return None
    if not types or not chain:
        return None
    name = chain[0 if inbound else -1].name
    known = LIBRARY.get(name)
    if known is None:
        return None
    kind = known.takes if inbound else known.gives
    fitting = (_TAKEN_BY if inbound else _GIVEN_AS).get(kind)
    never = kind in ("number", "integer") or (kind == "datetime" and text == "neither")
    if inbound and types == {"string"} and text and never:
        return f"`{name}` takes {_KINDS[kind]}, but the schema allows none in `{{field}}`"
    if fitting is None or fitting & types or (types == {"array"} and kind != "object"):
        # Under a list a transform works on each element.
        return None
    are = listed(_WORDS.get(each, each) for each in sorted(types))
    return f"`{name}` {'takes' if inbound else 'gives'} {_KINDS[kind]}, but `{{field}}` is {are}"


def name_of(transform: str) -> str:
    """Return the name of a transform that is one call, empty for chains and expressions.

    >>> name_of("round(2)"), name_of("trim | round(2)")
    ('round', '')
    """
    try:
        chain = read_chain(transform)
    except (NotACallError, MappingSyntaxError):
        return ""
    return chain[0].name if len(chain) == 1 else ""


def inverse_of(transform: str) -> str | None:
    """Return the name of the transform that undoes this one, None where there is none or doing it again does no harm.

    >>> inverse_of('minor_units_to_decimal("EUR")'), inverse_of("to_boolean"), inverse_of("uppercase")
    ('decimal_to_minor_units', None, None)
    """
    known = LIBRARY.get(name_of(transform))
    if known is None or known.inverse == known.name or known.name.startswith("to_") or known.takes == "text":
        return None
    return known.inverse


def argument_paths(transform: str) -> list[str]:
    """Return the arguments that are paths into the source, as written: bare words that are no literals."""
    try:
        chain = read_chain(transform)
    except (NotACallError, MappingSyntaxError):
        return []
    found = []
    for call in chain:
        known = LIBRARY.get(call.name)
        kinds = [argument.kind for argument in known.arguments] if known is not None else []
        for number, argument in enumerate(call.arguments):
            kind = kinds[min(number, len(kinds) - 1)] if kinds else "path"
            if isinstance(argument.value, Bare) and not argument.keyword and kind not in ("path", "word", "zone"):
                text = argument.value.text
                # Three capitals are a currency's code, not a field.
                if kind != "currency" or not (len(text) == 3 and text.isupper()):
                    found.append(text)
    return found


def calls_of(transform: str) -> list[tuple[str, Decimal | None]]:
    """Return the calls of a transform with their first argument where that is a number; none of an expression.

    >>> calls_of("trim | truncate(80)")
    [('trim', None), ('truncate', Decimal('80'))]
    """
    try:
        chain = read_chain(transform)
    except (NotACallError, MappingSyntaxError):
        return []
    return [(call.name, _number(call.arguments[0].value) if call.arguments else None) for call in chain]


def last_number(transform: str, name: str) -> Decimal | None:
    """Return the number that the last call is given, where it is a call of `name`.

    >>> last_number("trim | truncate(80)", "truncate"), last_number("truncate(80) | trim", "truncate")
    (Decimal('80'), None)
    """
    calls = calls_of(transform)
    return calls[-1][1] if calls and calls[-1][0] == name else None


def factor_of(transform: str) -> Fraction | None:
    """Return what a transform multiplies with, None where it does something else.

    >>> factor_of("divide(1000) | round(2)"), factor_of("-"), factor_of("uppercase")
    (Fraction(1, 1000), Fraction(1, 1), None)
    """
    if transform.strip().lower() in NO_TRANSFORM:
        return Fraction(1)
    factor, calls = Fraction(1), calls_of(transform)
    for name, number in calls:
        if name in ("multiply", "divide") and number:
            factor *= Fraction(number) if name == "multiply" else 1 / Fraction(number)
        elif name not in _SAME_SIZE:
            return None
    return factor if calls else None


def enum_members(transform: str) -> tuple[list[str], bool]:
    """Return the members of a transform that is one `enum({…})`, and whether any other value is an error.

    >>> enum_members("enum({a: 1, b: 2})"), enum_members("enum({a: 1}, default=x)"), enum_members("trim")
    ((['a', 'b'], True), (['a'], False), ([], False))
    """
    try:
        chain = read_chain(transform)
    except (NotACallError, MappingSyntaxError):
        return [], False
    if len(chain) != 1 or chain[0].name != "enum" or not chain[0].arguments:
        return [], False
    members = chain[0].arguments[0].value
    names = [str(name) for name in members] if isinstance(members, Mapping) else []
    return names, len(chain[0].arguments) == 1 and "*" not in names


_SAME_SIZE = frozenset({"round", "to_decimal", "to_integer", "to_string", "floor", "ceil"})


def _number(value: object) -> Decimal | None:
    return Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None
