"""JSONPath (RFC 9535) for what dotted paths can't say: filters, slices, descent. Read only."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from intertie.runtime.mapping.contracts import MISSING
from intertie.runtime.mapping.errors import MappingSyntaxError

if TYPE_CHECKING:
    from jsonpath import JSONPathEnvironment, JSONPathError

_REFUSED = ("match", "search")
"""Regular expressions from documents run on a backtracking engine: a short pattern can hold a process for minutes."""


@cache
def _environment() -> JSONPathEnvironment:
    from jsonpath import JSONPathEnvironment  # noqa: PLC0415  # 30 ms that few specs need

    environment = JSONPathEnvironment(strict=True)
    for name in _REFUSED:
        del environment.function_extensions[name]
    return environment


class JsonPath:
    """A JSONPath query. One that can only find one node reads that value; any other reads a list."""

    __slots__ = ("_query", "_singular", "depth", "steps", "text")

    def __init__(self, text: str) -> None:
        from jsonpath import JSONPath, JSONPathError  # noqa: PLC0415

        try:
            query = _environment().compile(text.strip())
        except JSONPathError as error:
            raise MappingSyntaxError(_sentence(text, str(error)), _offset(text, error)) from None
        except RecursionError:
            raise MappingSyntaxError("the JSONPath is nested too deeply") from None
        if not isinstance(query, JSONPath):
            raise MappingSyntaxError("a JSONPath here is one query: `|` and `&` between queries are not read")
        self.text = text
        self.steps: tuple[object, ...] = ()
        self._query = query
        self._singular = bool(query.singular_query())
        self.depth = 0 if self._singular else 1

    def read(self, source: object) -> object:
        """Return the value, or the list of all values found; `MISSING` where a singular query finds none."""
        if not isinstance(source, Mapping | list):
            return MISSING
        found: list[object] = self._query.findall(source)
        if self._singular:
            return found[0] if found else MISSING
        return found

    read_aligned = read

    def write(self, target: dict[str, object], value: object) -> None:  # noqa: ARG002  # the contract's signature
        """Refuse: a query says what to look for, not what to make.

        Raises:
            ValueError: Always.
        """
        raise ValueError(f"`{self.text}` is a JSONPath query and can't be written through; write a dotted path")

    def __repr__(self) -> str:
        return f"JsonPath({self.text})"


def _sentence(text: str, reason: str) -> str:
    if "=~" in text or any(f"{name}(" in text for name in _REFUSED):
        return "regular expressions (`=~`, `match`, `search`) are not read in a JSONPath: compare with `==` instead"
    return f"the JSONPath can't be read: {reason.splitlines()[0]}"


def _offset(text: str, error: JSONPathError) -> int:
    """Return where in `text` an error is: at its beginning where that is not known."""
    if error.token is None:
        return 0
    at_end = error.token.index < 0
    return len(text.rstrip()) if at_end else len(text) - len(text.lstrip()) + error.token.index
