"""How a rule is declared: a function, its code, and a docstring that is the first sentence of its page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Protocol, TypeAlias, cast

from msgspec import Struct

from intertie.diagnostics import Judges, Severity
from intertie.lint.finding import Finding
from intertie.lint.page import RulePage, page_of

Check: TypeAlias = Callable[..., Iterator[Finding]]

KNOWN_ARGUMENTS = frozenset({"spec", "plan", "around", "case", "beside"})
"""What a rule may ask for, by the name of its parameter.

Of a spec the `Spec`, its `Plan` and the world `Around` it; of a case the `Case` and what is beside it (`BesideCase`).
"""


class Rule(Struct, frozen=True):
    """One rule.

    Attributes:
        code: `TIE` and three digits.
        name: Reads after "allow"; the function's name in kebab case.
        severity: Of its findings, unless a finding says otherwise.
        since: Version that brought it.
        summary: What it finds, in one sentence: the docstring of its function, and the first sentence of its page.
        group: Heads it in lists, such as `resilience`; the folder of its function.
        takes: Names of the arguments that `check` wants; a rule that takes the plan is skipped where there is none.
        check: Yields the findings; None where another part makes them.
        reported_by: `parser`, `compiler` or `checker` where the finding is made there.
        judges: Where the cause of its findings lies; decides what an error of it stops.
    """

    code: str
    name: str
    severity: Severity
    since: str
    summary: str
    group: str
    takes: tuple[str, ...] = ()
    check: Check | None = None
    reported_by: str | None = None
    judges: Judges = "spec"

    @property
    def page(self) -> RulePage:
        """Its page, read from the file each time it is asked for."""
        return page_of(self.code)


class ReportedCode(Protocol):
    """A row of the table of codes that the parser, the compiler or the checker has."""

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
    def meaning(self) -> str:
        """What it means, in one sentence: the first one of its page."""

    @property
    def judges(self) -> Judges:
        """Where its cause lies."""


def rule(*, code: str, severity: Severity, since: str, judges: Judges | None = None) -> Callable[[Check], Rule]:
    """Make a rule of a function that yields findings and takes any of `KNOWN_ARGUMENTS`.

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
        name, summary = function.__name__.replace("_", "-"), (function.__doc__ or "").strip()
        cause: Judges = judges or ("surroundings" if {"around", "case"} & set(takes) else "spec")
        return Rule(code, name, severity, since, summary, _group(function), takes, function, judges=cause)

    return declare


def _parameters(function: Check) -> tuple[str, ...]:
    """Return the names of a rule's parameters: plain ones, so that the slower `inspect.signature` is not needed."""
    code = cast("FunctionType", function).__code__
    return code.co_varnames[: code.co_argcount]


def _group(function: Callable[..., object]) -> str:
    return function.__module__.split(".")[-2]
