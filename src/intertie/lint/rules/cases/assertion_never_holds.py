from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from difflib import get_close_matches

from intertie.diagnostics import Fix, Severity, SourceSpan
from intertie.lint.cases.asserted import Asserted, assertions_of
from intertie.lint.cases.beside import BesideCase
from intertie.lint.cases.names import BREAKER_STATES, ERROR_TYPES, EVENTS, FALLBACKS, Value, value_of
from intertie.lint.finding import Finding
from intertie.lint.mends import write
from intertie.lint.rule import rule
from intertie.lint.words import listed
from intertie.spec.cases.assertions import Comparison, Operand
from intertie.spec.cases.case import Case
from intertie.spec.cases.places import is_as_written

_TURNED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_KINDS = {
    Value.NUMBER: ("number", "percent", "null"),
    Value.TEXT: ("text", "null"),
    Value.DURATION: ("duration", "number", "null"),
    Value.BOOLEAN: ("boolean", "null"),
    Value.LIST: ("list",),
}
"""What a value of each kind can be compared with."""


@rule(code="TIE715", severity=Severity.WARNING, since="0.1.0")
def assertion_never_holds(case: Case, beside: BesideCase) -> Iterator[Finding]:
    """An assertion can never hold."""
    for asserted in assertions_of(case):
        for compared in asserted.read.comparisons if asserted.read is not None else ():
            yield from _judged(compared, asserted, case, beside)


def _judged(compared: Comparison, asserted: Asserted, case: Case, beside: BesideCase) -> Iterator[Finding]:
    if compared.right is None:
        yield from _alone(compared.left, asserted, case)
        return
    left, operator, right = compared.left, compared.operator, compared.right
    if operator in ("in", "not in"):
        if left.is_constant and right.steps == ("events",) and left.kind == "text":
            yield from _choice(left, EVENTS, "there is no event", asserted, case)
        elif right.kind == "list" and left.kind == "path":
            for item in right.items:
                yield from _constant(left, "==", item, asserted, case, beside, must_hold=False)
        return
    if left.is_constant and not right.is_constant:
        left, operator, right = right, _TURNED[operator], left
    yield from _constant(left, operator, right, asserted, case, beside, must_hold=compared.must_hold)


def _alone(operand: Operand, asserted: Asserted, case: Case) -> Iterator[Finding]:
    value = value_of(operand.steps) if operand.kind == "path" else None
    if operand.is_constant or (value is not None and value not in (Value.ANY, Value.BOOLEAN)):
        yield Finding(
            asserted.place(case, operand),
            f"`{operand.text}` compares nothing",
            "compare it, such as `status == 200`",
        )


def _constant(
    path: Operand,
    operator: str,
    constant: Operand,
    asserted: Asserted,
    case: Case,
    beside: BesideCase,
    *,
    must_hold: bool,
) -> Iterator[Finding]:
    value = value_of(path.steps) if path.kind == "path" else Value.DURATION if path.kind == "call" else None
    if value is None or not constant.is_constant:
        return
    if value in _KINDS and constant.kind not in _KINDS[value]:
        yield _of_other_kind(value, path, constant, asserted, case)
        return
    text = str(constant.value) if constant.kind == "text" else None
    match path.steps:
        case ("status",) | ("error", "status") if isinstance(constant.value, Decimal) and operator == "==":
            if not 100 <= constant.value <= 599 or constant.value % 1:
                yield Finding(
                    asserted.place(case, constant), f"`{constant.text}` is not a status", "statuses go from 100 to 599"
                )
            elif must_hold and path.steps == ("status",):
                yield from _success(constant, int(constant.value), asserted, case, beside)
        case ("error", "type") if text is not None:
            yield from _choice(constant, ERROR_TYPES, "there is no error", asserted, case)
        case ("error", "internal_code") if text is not None:
            facts = beside.spec_of(asserted.step) if asserted.step is not None else beside.owner
            if facts is not None and facts.codes and facts.is_planned:
                yield from _choice(constant, facts.codes, f"{facts.id or facts.path} maps no error to", asserted, case)
        case ("breaker", "state") if text is not None:
            yield from _choice(constant, BREAKER_STATES, "a breaker is never", asserted, case)
        case ("fallback",) if text is not None:
            yield from _choice(constant, FALLBACKS, "there is no fallback", asserted, case)
            if text in FALLBACKS and operator == "==" and must_hold:
                yield from _fallback(constant, text, asserted, case, beside)
        case ("attempts",) if isinstance(constant.value, Decimal) and must_hold:
            yield from _attempts(constant, constant.value, operator, asserted, case, beside)


def _of_other_kind(value: Value, path: Operand, constant: Operand, asserted: Asserted, case: Case) -> Finding:
    span = asserted.place(case, constant)
    fix: Fix | None = None
    if constant.kind == "text" and value is not Value.TEXT and is_as_written(case.source, asserted.node):
        fix = write(str(constant.value), span, safe=False) if _is_bare(value, str(constant.value)) else None
    help_ = f"write `{constant.value}`, without quotes" if fix else _KIND_HELP[value]
    return Finding(span, f"`{path.text}` is {value.value}, so it never equals `{constant.text}`", help_, fix=fix)


_KIND_HELP = {
    Value.NUMBER: "compare it with a number, such as `200`",
    Value.TEXT: "compare it with text in single quotes, or with `null`",
    Value.DURATION: "compare it with a duration, such as `4s`",
    Value.BOOLEAN: "compare it with `true` or `false`",
    Value.LIST: "look for one of its entries, such as `'retry' in events`",
    Value.ANY: "compare it with a constant",
}


def _is_bare(value: Value, text: str) -> bool:
    """Return whether the text is what the quotes around it hide."""
    if value is Value.BOOLEAN:
        return text in ("true", "false")
    return text[:1].isdigit()


def _choice(
    constant: Operand,
    known: Iterator[str] | frozenset[str] | tuple[str, ...],
    lead: str,
    asserted: Asserted,
    case: Case,
) -> Iterator[Finding]:
    names, text = sorted(known), str(constant.value)
    if text in names or "{{" in text:
        return
    near = next(iter(get_close_matches(text, names, 1, 0.6)), None)
    near = near or next(
        (name for name in names if name.replace("_", "") == text.replace("-", "").replace("_", "").lower()), None
    )
    span = asserted.place(case, constant)
    yield Finding(
        span,
        f"{lead} `{text}`",
        f"did you mean `{near}`?" if near else f"there are {listed(f'`{name}`' for name in names[:12])}",
        fix=_quoted(near, constant, span) if near and is_as_written(case.source, asserted.node) else None,
    )


def _quoted(text: str, constant: Operand, span: SourceSpan) -> Fix:
    return write(f"{constant.text[0]}{text}{constant.text[0]}", span, safe=False)


def _fallback(constant: Operand, text: str, asserted: Asserted, case: Case, beside: BesideCase) -> Iterator[Finding]:
    operation = beside.operation_of(asserted.step) if asserted.step is not None else None
    if operation is None or operation.max_attempts is None or operation.fallback == text:
        return
    called = asserted.step.operation.text if asserted.step is not None and asserted.step.operation is not None else ""
    stands_in = operation.fallback if operation.fallback in FALLBACKS else None
    yield Finding(
        asserted.place(case, constant),
        f"the fallback of `{called}` is never `{text}`",
        f"the spec falls back to `{stands_in}`"
        if stands_in
        else "for this operation the spec has no fallback: write `null`",
    )


def _success(constant: Operand, status: int, asserted: Asserted, case: Case, beside: BesideCase) -> Iterator[Finding]:
    step = asserted.step
    operation = beside.operation_of(step) if step is not None else None
    if step is None or step.operation is None or operation is None or step.node.get("fault") is not None:
        return
    if operation.successes and 200 <= status < 300 and status not in operation.successes:
        declared = listed(f"`{each}`" for each in operation.successes.written)
        yield Finding(
            asserted.place(case, constant),
            f"the spec declares {declared} as the success of `{step.operation.text}`",
            "compare with that one, or add this one to the spec",
        )


def _attempts(
    constant: Operand, number: Decimal, operator: str, asserted: Asserted, case: Case, beside: BesideCase
) -> Iterator[Finding]:
    step = asserted.step
    operation = beside.operation_of(step) if step is not None else None
    if step is None or step.operation is None or operation is None or operation.max_attempts is None:
        return
    most = operation.max_attempts
    if (
        (operator == "==" and number > most)
        or (operator == ">=" and number > most)
        or (operator == ">" and number >= most)
    ):
        yield Finding(
            asserted.place(case, constant),
            f"`{step.operation.text}` makes at most {most} attempts",
            f"write `{most}`, or raise `retry.max_attempts` in the spec",
        )
