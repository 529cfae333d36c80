from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from intertie.core.errors import snake_case
from intertie.diagnostics import Severity, SourceSpan
from intertie.lint.cases.asserted import assertions_of, operands_of
from intertie.lint.cases.beside import BesideCase
from intertie.lint.cases.facts import OperationFacts, head_of
from intertie.lint.cases.names import NAMES
from intertie.lint.finding import Finding
from intertie.lint.mends import write
from intertie.lint.rule import rule
from intertie.lint.words import listed
from intertie.spec.cases.case import Case, CaseStep
from intertie.spec.cases.places import is_as_written, part_of
from intertie.spec.tree import MappingNode, ScalarNode

_MOST_NAMED = 8
_DATA = "data."


@rule(code="TIE714", severity=Severity.WARNING, since="0.1.0")
def unknown_result_field(case: Case, beside: BesideCase) -> Iterator[Finding]:
    """An assertion or a capture reads a field that the result does not have."""
    for asserted in assertions_of(case):
        operation = beside.operation_of(asserted.step) if asserted.step is not None else None
        if asserted.step is None or operation is None or asserted.read is None:
            continue
        for operand in operands_of(asserted.read):
            if operand.kind == "path" and operand.steps[0] == "data" and operand.text.startswith(_DATA):
                start = operand.start + len(_DATA)
                span = part_of(case.source, asserted.node, start, start + len(operand.steps[1]))
                yield from _judged(
                    operand.steps[1], span, operation, asserted.step, fixable=is_as_written(case.source, asserted.node)
                )
    for step in case.steps():
        operation = beside.operation_of(step)
        captured = step.node.get("capture")
        if operation is None or not isinstance(captured, MappingNode):
            continue
        for entry in captured.entries:
            if isinstance(entry.value, ScalarNode):
                yield from _captured(entry.value, operation, step, case)


def _captured(path: ScalarNode, operation: OperationFacts, step: CaseStep, case: Case) -> Iterator[Finding]:
    fixable = is_as_written(case.source, path)
    if path.text.startswith(_DATA):
        name = head_of(path.text[len(_DATA) :])
        if name is not None:
            span = part_of(case.source, path, len(_DATA), len(_DATA) + len(name))
            yield from _judged(name, span, operation, step, fixable=fixable)
        return
    name = head_of(path.text)
    known = operation.results if operation.results is not None else operation.declared
    if name is not None and name not in NAMES and (name in known or get_close_matches(name, NAMES, 1, 0.75)):
        near = f"data.{name}" if name in known else get_close_matches(name, NAMES, 1, 0.75)[0]
        span = part_of(case.source, path, 0, len(name))
        yield Finding(
            span,
            f"no answer has `{name}`, so nothing is captured",
            f"did you mean `{near}`?",
            fix=write(near, span, safe=False) if fixable else None,
        )


def _judged(
    name: str, span: SourceSpan, operation: OperationFacts, step: CaseStep, *, fixable: bool
) -> Iterator[Finding]:
    known = operation.results if operation.results is not None else operation.declared
    if name in known or not known:
        return
    near = next(iter(get_close_matches(name, sorted(known), 1, 0.75)), None)
    if operation.results is None and near is None:
        return
    called = snake_case(step.operation.text) if step.operation is not None else ""
    yield Finding(
        span,
        f"the result of `{called}` has no field `{name}`",
        f"did you mean `{near}`?" if near else f"it has {listed(f'`{each}`' for each in sorted(known)[:_MOST_NAMED])}",
        fix=write(near, span, safe=False) if near and fixable else None,
    )
