"""Coercions between kinds, defaults, choices and constants."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal

from intertie.runtime.mapping.syntax import written
from intertie.runtime.mapping.transforms.dates import iso8601
from intertie.runtime.mapping.transforms.spec import TransformSpec
from intertie.runtime.mapping.values import TransformError, decimal, integer, kind_of

_TRUE = frozenset({"true", "yes", "y", "on", "1", "t"})
_FALSE = frozenset({"false", "no", "n", "off", "0", "f"})


def to_string(value: object) -> str:
    """Scalar as text: numbers exactly, booleans as `true` and `false`, instants in ISO 8601.

    >>> to_string(12), to_string(Decimal("1.50")), to_string(True)
    ('12', '1.50', 'true')
    """
    if isinstance(value, datetime):
        return iso8601(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, str | bool | int | Decimal):
        return written(value)
    if isinstance(value, float):
        return f"{decimal(value):f}"
    raise TransformError(f"takes a scalar, not {kind_of(value)}")


def to_integer(value: object) -> int:
    """Whole number, or text that is one; a fraction is refused (use `round`, `floor` or `ceil`).

    >>> to_integer("42"), to_integer(3.0)
    (42, 3)
    """
    return integer(value)


def to_decimal(value: object) -> Decimal:
    """Number, or text that is one, as an exact decimal.

    >>> to_decimal("12.50"), to_decimal(0.1)
    (Decimal('12.50'), Decimal('0.1'))
    """
    return decimal(value)


def to_number(value: object) -> int | float:
    """Number, or text that is one, as JSON has it: an integer where it is whole, else a float.

    >>> to_number("12"), to_number("12.5")
    (12, 12.5)
    """
    number = decimal(value)
    if number.adjusted() > 300:
        raise TransformError("takes a number of at most 300 digits")
    return int(number) if number == number.to_integral_value() else float(number)


def to_boolean(value: object) -> bool:
    """Boolean; also `true/false`, `yes/no`, `on/off`, `y/n`, `t/f`, `1/0` in any case, and the numbers 1 and 0.

    >>> to_boolean("Yes"), to_boolean(0)
    (True, False)
    """
    if isinstance(value, bool):
        return value
    word = value.strip().lower() if isinstance(value, str) else None
    if word in _TRUE or (isinstance(value, int | float | Decimal) and value == 1):
        return True
    if word in _FALSE or (isinstance(value, int | float | Decimal) and value == 0):
        return False
    raise TransformError(
        f"takes a boolean or a word such as `true` or `no`, not any other {kind_of(value)[2:].strip()}"
    )


def not_(value: bool) -> bool:
    """Opposite of a boolean.

    >>> not_(True)
    False
    """
    return not value


def enum(value: object, choices: Mapping[str, object], default: object = None) -> object:
    """What `choices` has for the value; `default` for any other, which is refused where there is none.

    >>> enum("active", {"active": "ACTIVE", "gone": "DELETED"}), enum(7, {"1": "one"}, default="other")
    ('ACTIVE', 'other')
    """
    key = written(value) if isinstance(value, str | int | float | Decimal) else None
    if key is not None and key in choices:
        return choices[key]
    if default is None:
        raise TransformError(f"takes one of {', '.join(choices)}")
    return default


def default(value: object, otherwise: object) -> object:
    """The value, or `otherwise` where it is absent or null.

    >>> default(None, "none"), default(0, 5)
    ('none', 0)
    """
    return otherwise if value is None else value


def coalesce(value: object, *others: object) -> object:
    """The first of the value and the others that is neither absent nor null.

    >>> coalesce(None, None, "b", "c")
    'b'
    """
    return next((each for each in (value, *others) if each is not None), None)


def null_if(value: object, *unwanted: object) -> object:
    """The value, or null where it is one of the unwanted.

    >>> null_if("", "", "n/a"), null_if("x", "", "n/a")
    (None, 'x')
    """
    return (
        None if any(value == each and isinstance(value, bool) == isinstance(each, bool) for each in unwanted) else value
    )


def empty_to_null(value: object) -> object:
    """The value, or null for empty text, an empty list or an empty object.

    >>> empty_to_null("  "), empty_to_null([]), empty_to_null(0)
    (None, None, 0)
    """
    if isinstance(value, str):
        return value if value.strip() else None
    return value if not isinstance(value, list | Mapping) or value else None


def is_null(value: object) -> bool:
    """Whether the value is absent or null.

    >>> is_null(None), is_null(0)
    (True, False)
    """
    return value is None


def equals(value: object, other: object) -> bool:
    """Whether the value is `other`; a number also where `other` is the same number otherwise written.

    >>> equals("paid", "paid"), equals(1, True), equals(Decimal("1.0"), 1)
    (True, False, True)
    """
    return isinstance(value, bool) == isinstance(other, bool) and value == other


def constant(value: object, fixed: object) -> object:
    """Always `fixed`, whatever the value.

    >>> constant("x", "web")
    'web'
    """
    del value
    return fixed


def if_true(value: bool, then: object, otherwise: object = None) -> object:
    """`then` for true, `otherwise` for false.

    >>> if_true(True, "on", "off"), if_true(False, "on", "off")
    ('on', 'off')
    """
    return then if value else otherwise


COERCIONS: tuple[TransformSpec, ...] = (
    TransformSpec(to_string, "any", "text"),
    TransformSpec(to_integer, "any", "integer", inverse="to_string"),
    TransformSpec(to_decimal, "any", "number", inverse="to_string"),
    TransformSpec(to_number, "any", "number", inverse="to_string"),
    TransformSpec(to_boolean, "any", "boolean", inverse="to_string"),
    TransformSpec(not_, "boolean", "boolean", inverse="not"),
    TransformSpec(enum, "any", "any"),
    TransformSpec(default, "any", "any", takes_null=True),
    TransformSpec(coalesce, "any", "any", takes_null=True),
    TransformSpec(null_if, "any", "any"),
    TransformSpec(empty_to_null, "any", "any"),
    TransformSpec(is_null, "any", "boolean", takes_null=True),
    TransformSpec(equals, "any", "boolean", takes_null=True),
    TransformSpec(constant, "any", "any", takes_null=True),
    TransformSpec(if_true, "boolean", "any"),
)
