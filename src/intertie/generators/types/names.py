"""Names and literals of a generated module."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable
from keyword import iskeyword
from unicodedata import normalize

from intertie.core.errors import snake_case

_LONGEST = 60
_PARTS_RE = re.compile(r"[\W_]+")


def pascal(text: str) -> str:
    """Return a class name made of any text; what is in capitals stays so.

    >>> pascal("create_charge"), pascal("billing-details"), pascal("APIKey"), pascal("2fa"), pascal("…")
    ('CreateCharge', 'BillingDetails', 'APIKey', 'X2fa', 'X')
    """
    parts = _PARTS_RE.split(normalize("NFKC", text))
    name = "".join(part[:1].upper() + part[1:] for part in parts)[:_LONGEST]
    return name if name.isidentifier() else f"X{name}" if f"X{name}".isidentifier() else "X"


def is_name(text: str) -> bool:
    """Return whether a text can stand after a dot and before `=`."""
    return text.isidentifier() and not iskeyword(text) and normalize("NFKC", text) == text


def function_part(service: str) -> str:
    """Return what follows `open_`.

    >>> function_part("my-service"), function_part("!")
    ('my_service', 'service')
    """
    name = normalize("NFKC", snake_case(service))[:_LONGEST]
    return name if f"x{name}".isidentifier() and name else "service"


def text_literal(text: str) -> str:
    r"""Return a text as `ruff format` writes it: in double quotes, unless single ones need fewer escapes.

    >>> text_literal("eur"), text_literal('a"b'), text_literal("it's")
    ('"eur"', '\'a"b\'', '"it\'s"')
    """
    body = repr(f'"{text}')[2:-1].replace("\\'", "'")  # with a double quote in it, repr never takes double quotes
    if body.count('"') > body.count("'"):
        return "'" + body.replace("'", "\\'") + "'"
    return '"' + body.replace('"', '\\"') + '"'


class Names:
    """The names of a module: each given once, in the order in which they are asked for."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = {*taken, *dir(builtins)}
        self._last: dict[str, int] = {}

    def take(self, wanted: str) -> str:
        """Return `wanted`, or with a number where something else has that name.

        >>> names = Names(())
        >>> names.take("Charge"), names.take("Charge"), names.take("None")
        ('Charge', 'Charge2', 'None2')
        """
        number = self._last.get(wanted, 1)
        name = wanted if number == 1 else f"{wanted}{number}"
        while name in self._taken or iskeyword(name):
            number += 1
            name = f"{wanted}{number}"
        self._taken.add(name)
        self._last[wanted] = number
        return name
