"""How a rule is declared: a function, its code, and a docstring that is its page in the docs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from inspect import cleandoc
from types import FunctionType
from typing import Protocol, TypeAlias, cast

from msgspec import Struct

from intertie.diagnostics import Judges, Severity
from intertie.lint.finding import Finding
from intertie.lint.page import RulePage, read_page

Check: TypeAlias = Callable[..., Iterator[Finding]]

KNOWN_ARGUMENTS = frozenset({"spec", "plan", "around", "case", "beside"})
"""What a rule may ask for, by the name of its parameter: of a spec the `Spec`, its `Plan`, the world `Around` it; of a case
the `Case` and what stands beside it (`BesideCase`)."""


class Rule(Struct, frozen=True):
    """One rule.

    Attributes:
        code: `TIE` and three digits.
        name: Reads after "allow"; the function's name in kebab case.
        severity: Of its findings, unless a finding says otherwise.
        since: Version that brought it.
        doc: The docstring of its function: its docs page.
        group: The folder it stands in, such as `resilience`.
        takes: Names of the arguments that `check` wants; a rule that takes the plan is skipped where there is none.
        check: Yields the findings; None where another part makes them.
        reported_by: `parser`, `compiler` or `checker` where the finding is made there and this only documents it.
        judges: Where the cause of its findings lies; decides what an error of it stops.
    """

    code: str
    name: str
    severity: Severity
    since: str
    doc: str
    group: str
    takes: tuple[str, ...] = ()
    check: Check | None = None
    reported_by: str | None = None
    judges: Judges = "spec"

    @property
    def page(self) -> RulePage:
        """The docs page. It is read when it is looked at: a check needs none.

        Raises:
            ValueError: The docstring lacks a part of the page.
        """
        return read_page(cleandoc(self.doc), where=f"{self.code} {self.name}")


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

    @property
    def judges(self) -> Judges:
        """Where its cause lies."""


class CheckerCode(Struct, frozen=True):
    """A row for a finding that the checker itself makes, outside the rules."""

    code: str
    name: str
    severity: Severity
    judges: Judges = "spec"


def rule(*, code: str, severity: Severity, since: str, judges: Judges | None = None) -> Callable[[Check], Rule]:
    """Make a rule of a function that yields findings and takes any of `spec`, `plan` and `around`.

    Args:
        code: `TIE` and three digits.
        severity: Of its findings.
        since: Version that brought it.
        judges: Where the cause of its findings lies. A rule that gives errors says so itself. The configuration may
            raise the severity of the others: for them it is the surroundings where the rule looks at these.

    Raises:
        TypeError: The function asks for something a rule can't have, or gives errors and does not say what it judges.
    """

    def declare(function: Check) -> Rule:
        takes = _parameters(function)
        if unknown := set(takes) - KNOWN_ARGUMENTS:
            msg = f"{function.__name__} asks for {sorted(unknown)}; a rule may take {sorted(KNOWN_ARGUMENTS)}"
            raise TypeError(msg)
        if severity is Severity.ERROR and judges is None:
            msg = f"{function.__name__} gives errors: say `judges=`, the spec or its surroundings"
            raise TypeError(msg)
        name, doc = function.__name__.replace("_", "-"), function.__doc__ or ""
        cause: Judges = judges or ("surroundings" if {"around", "case"} & set(takes) else "spec")
        return Rule(code, name, severity, since, doc, _group(function), takes, function, judges=cause)

    return declare


def reported(row: ReportedCode, *, by: str, since: str) -> Callable[[Callable[[], None]], Rule]:
    """Make a rule of a docstring, for a finding that another part of Intertie makes.

    Args:
        row: Code, name and severity, from the table of the part that reports it.
        by: `parser`, `compiler` or `checker`.
        since: Version that brought it.

    Raises:
        ValueError: The function's name is not the row's.
    """

    def declare(function: Callable[[], None]) -> Rule:
        name = function.__name__.replace("_", "-")
        if name != row.name:
            msg = f"{function.__name__} documents {row.code}, which is called {row.name}"
            raise ValueError(msg)
        doc = function.__doc__ or ""
        return Rule(row.code, name, row.severity, since, doc, _group(function), reported_by=by, judges=row.judges)

    return declare


def _parameters(function: Check) -> tuple[str, ...]:
    """Return the names of a rule's parameters: plain ones, so that the slower `inspect.signature` is not needed."""
    code = cast("FunctionType", function).__code__
    return code.co_varnames[: code.co_argcount]


def _group(function: Callable[..., object]) -> str:
    return function.__module__.split(".")[-2]
