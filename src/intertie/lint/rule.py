"""How a rule is declared: a function, its code, and a docstring that is its page in the docs."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Protocol, TypeAlias

from msgspec import Struct

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.page import RulePage, read_page

Check: TypeAlias = Callable[..., Iterator[Finding]]

KNOWN_ARGUMENTS = frozenset({"spec", "plan", "around"})
"""What a rule may ask for, by the name of its parameter: the `Spec`, its `Plan`, the world `Around` it."""


class Rule(Struct, frozen=True):
    """One rule.

    Attributes:
        code: `TIE` and three digits.
        name: Reads after "allow"; the function's name in kebab case.
        severity: Of its findings, unless a finding says otherwise.
        since: Version that brought it.
        page: Its docs page, read from the docstring.
        group: The folder it stands in, such as `resilience`.
        takes: Names of the arguments that `check` wants; a rule that takes the plan is skipped where there is none.
        check: Yields the findings; None where another part makes them.
        reported_by: `parser`, `compiler` or `checker` where the finding is made there and this only documents it.
    """

    code: str
    name: str
    severity: Severity
    since: str
    page: RulePage
    group: str
    takes: tuple[str, ...] = ()
    check: Check | None = None
    reported_by: str | None = None


class ReportedCode(Protocol):
    """A row of the parser's or the compiler's table of codes."""

    @property
    def code(self) -> str:
        """`TIE` and three digits."""

    @property
    def name(self) -> str:
        """The rule's name."""

    @property
    def severity(self) -> Severity:
        """Its usual severity."""


def rule(*, code: str, severity: Severity, since: str) -> Callable[[Check], Rule]:
    """Make a rule of a function that yields findings and takes any of `spec`, `plan` and `around`.

    Raises:
        TypeError: The function asks for something a rule can't have.
        ValueError: The docstring lacks a part of the page.
    """

    def declare(function: Check) -> Rule:
        takes = tuple(inspect.signature(function).parameters)
        if unknown := set(takes) - KNOWN_ARGUMENTS:
            msg = f"{function.__name__} asks for {sorted(unknown)}; a rule may take {sorted(KNOWN_ARGUMENTS)}"
            raise TypeError(msg)
        name = function.__name__.replace("_", "-")
        return Rule(code, name, severity, since, _page(function, code), _group(function), takes, function)

    return declare


def reported(row: ReportedCode, *, by: str, since: str) -> Callable[[Callable[[], None]], Rule]:
    """Make a rule of a docstring, for a finding that another part of Intertie makes.

    Args:
        row: Code, name and severity, from the table of the part that reports it.
        by: `parser`, `compiler` or `checker`.
        since: Version that brought it.

    Raises:
        ValueError: The function's name is not the row's, or the docstring lacks a part of the page.
    """

    def declare(function: Callable[[], None]) -> Rule:
        name = function.__name__.replace("_", "-")
        if name != row.name:
            msg = f"{function.__name__} documents {row.code}, which is called {row.name}"
            raise ValueError(msg)
        page = _page(function, row.code)
        return Rule(row.code, name, row.severity, since, page, _group(function), reported_by=by)

    return declare


def _page(function: Callable[..., object], code: str) -> RulePage:
    return read_page(inspect.cleandoc(function.__doc__ or ""), where=f"{code} {function.__name__}")


def _group(function: Callable[..., object]) -> str:
    return function.__module__.split(".")[-2]
