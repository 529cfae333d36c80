from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from intertie.diagnostics import Severity
from intertie.lint.cases.asserted import assertions_of, operands_of
from intertie.lint.cases.beside import BesideCase
from intertie.lint.cases.names import FUNCTIONS, NAMES, value_of
from intertie.lint.cases.values import values_known
from intertie.lint.finding import Finding
from intertie.lint.mends import write
from intertie.lint.rule import rule
from intertie.lint.words import listed
from intertie.spec.cases.assertions import Operand
from intertie.spec.cases.case import Case
from intertie.spec.cases.places import is_as_written


@rule(code="TIE705", severity=Severity.ERROR, since="0.1.0", judges="surroundings")
def unknown_assertion_name(case: Case, beside: BesideCase) -> Iterator[Finding]:
    """An assertion uses an unknown name."""
    for asserted in assertions_of(case):
        for operand in operands_of(asserted.read) if asserted.read is not None else ():
            if operand.kind == "call" and operand.value not in FUNCTIONS and asserted.is_certain:
                yield Finding(
                    asserted.place(case, operand),
                    f"there is no function `{operand.value}` in assertions",
                    f"there are {listed(f'`{name}`' for name in FUNCTIONS)}, of `response_time`",
                )
            if operand.kind != "path" or value_of(operand.steps) is not None:
                continue
            near = _nearest(operand)
            if not near and not asserted.is_meant:
                # A sentence for people may compare what no answer has.
                continue
            span = asserted.place(case, operand)
            as_written = is_as_written(case.source, asserted.node)
            yield Finding(
                span,
                f"a result has no `{operand.text}`",
                _help(operand, near, case, beside),
                fix=write(near, span, safe=False) if near and as_written else None,
                severity=None if asserted.is_certain else Severity.WARNING,
            )


def _nearest(operand: Operand) -> str | None:
    """Return the path that was meant, None where none is near."""
    members = {f"{name}.{member}" for name, below in NAMES.items() if not isinstance(below, str) for member in below}
    near = get_close_matches(operand.text, [*NAMES, *sorted(members)], 1, 0.75)
    if near:
        return near[0]
    return next((each for each in sorted(members) if each.endswith(f".{operand.text}")), None)


def _help(operand: Operand, near: str | None, case: Case, beside: BesideCase) -> str:
    if near:
        return f"did you mean `{near}`?"
    if operand.text in values_known(case, beside):
        return f"write `{{{{ {operand.text} }}}}` for a value of the case"
    below = NAMES.get(operand.steps[0])
    if below is not None and not isinstance(below, str):
        return f"`{operand.steps[0]}` has {listed(f'`{name}`' for name in list(below)[:6])}"
    if len(operand.steps) == 1 and operand.start:
        return f"put text into single quotes: `'{operand.text}'`; a field of the answer is `data.{operand.text}`"
    others = listed(f"`{name}`" for name in list(NAMES)[:6])
    return f"a field of the answer is `data.{operand.text}`; else there are {others} and others"
