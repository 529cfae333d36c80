"""CEL expressions in mappings, such as `cel: source.first + " " + source.last`: no loops, no calls out, no code.

An expression sees `value` (what the row reads) and `source` (the whole object). CEL has no decimals: they come in as
doubles, so amounts of money belong to the named transforms. Instants come in as ISO 8601 text, for `timestamp(value)`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from intertie.runtime.mapping.errors import MappingSyntaxError
from intertie.runtime.mapping.json_ready import to_json_ready
from intertie.runtime.mapping.values import TransformError

_NULL_RE = re.compile(r"\bnull\b")
_LONGEST = 2_000
_PLACE_RE = re.compile(r"<input>:(\d+):(\d+): (.*)")


class MissingExtraError(MappingSyntaxError):
    """The package that evaluates expressions is not installed."""


@cache
def _environment() -> Any:
    try:
        from cel_expr_python import cel  # noqa: PLC0415  # an extra of 50 MB
    except ImportError:
        raise MissingExtraError(
            "expressions need an extra package: run `pip install 'intertie[expressions]'`, or use a named transform"
        ) from None
    dynamic = cel.Type.DYN
    return cel.NewEnv(variables={"value": dynamic, "source": dynamic})


class Expression:
    """A compiled CEL expression.

    Attributes:
        takes_null: It says `null`, so it is asked for null and absent values too; any other gives null for null.
    """

    __slots__ = ("_compiled", "takes_null", "text")

    def __init__(self, text: str, offset: int = 0) -> None:
        """Compile `text`.

        Raises:
            MappingSyntaxError: It is no CEL, names something unknown, or the extra is not installed.
        """
        self.text = text.strip()
        if not self.text:
            raise MappingSyntaxError("the expression is empty", offset)
        if len(self.text) > _LONGEST:
            raise MappingSyntaxError(f"an expression has at most {_LONGEST} characters", offset)
        environment = _environment()
        try:
            self._compiled = environment.compile(self.text)
        except RuntimeError as error:
            match = _PLACE_RE.search(str(error))
            reason, column = (
                (match.group(3).partition(" expecting ")[0].strip(), int(match.group(2)) - 1)
                if match
                else ("it can't be read", 0)
            )
            if reason.startswith("undeclared reference"):
                reason = f"{reason.partition(' (in')[0]}; it sees `value` and `source`, so a field is `source.name`"
            lead = len(text) - len(text.lstrip())
            raise MappingSyntaxError(
                f"the CEL expression can't be compiled: {reason}", offset + lead + column
            ) from None
        self.takes_null = bool(_NULL_RE.search(self.text))

    def __call__(self, value: object, source: object) -> object:
        """Return what the expression gives.

        Raises:
            TransformError: It fails on this value, for the reason CEL's status names.
        """
        result = self._compiled.eval(data={"value": _plain(value), "source": _plain(source)})
        if repr(result.type()) == "ERROR":
            # The text after the status may repeat the value.
            status = str(result.value()).partition(":")[0].replace("_", " ").lower()
            raise TransformError(f"fails on these values ({status})")
        return _ours(result.plain_value())


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(name): _plain(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(element) for element in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return to_json_ready(value)


def _ours(result: object) -> object:
    if isinstance(result, timedelta):
        return Decimal(result // timedelta(microseconds=1)) / 1_000_000
    if isinstance(result, Mapping):
        return {str(name): _ours(member) for name, member in result.items()}
    if isinstance(result, list):
        return [_ours(element) for element in result]
    return result
