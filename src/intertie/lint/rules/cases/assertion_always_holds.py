from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from intertie.core.units import seconds_text
from intertie.diagnostics import Severity
from intertie.lint.cases.asserted import assertions_of
from intertie.lint.cases.beside import BesideCase
from intertie.lint.finding import Finding
from intertie.lint.mends import write
from intertie.lint.rule import rule
from intertie.spec.cases.assertions import Comparison
from intertie.spec.cases.case import Case
from intertie.spec.cases.places import is_as_written

_TIMES = (("elapsed",), ("response_time",))
_FAR = 10
"""So many times the longest call, a bare number was meant in milliseconds."""


@rule(code="TIE720", severity=Severity.WARNING, since="0.1.0")
def assertion_always_holds(case: Case, beside: BesideCase) -> Iterator[Finding]:
    """An assertion holds whatever happens, since its number is in another unit."""
    for asserted in assertions_of(case):
        operation = beside.operation_of(asserted.step) if asserted.step is not None else None
        longest_s = operation.longest_s if operation is not None else None
        if longest_s is None or asserted.read is None:
            continue
        for compared in asserted.read.comparisons:
            limit = compared.right
            if limit is not None and _is_far(compared, longest_s):
                fixable = is_as_written(case.source, asserted.node) and limit.text.isdigit()
                yield Finding(
                    asserted.place(case, limit),
                    f"a call ends after {seconds_text(longest_s)} at most, and a bare number is in seconds",
                    f"write the unit, such as `{limit.text}ms`",
                    fix=write(f"{limit.text}ms", asserted.place(case, limit), safe=False) if fixable else None,
                )


def _is_far(compared: Comparison, longest_s: float) -> bool:
    left, limit = compared.left, compared.right
    measures_time = left.steps in _TIMES or (left.kind == "call" and left.items[0].steps in _TIMES)
    if not measures_time or compared.operator not in ("<", "<=") or limit is None or limit.kind != "number":
        return False
    return isinstance(limit.value, Decimal) and limit.value >= Decimal(longest_s) * _FAR
