"""The assertions of a case, wherever they stand, as far as they can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from intertie.diagnostics import SourceSpan
from intertie.lint.cases.names import NAMES, value_of
from intertie.spec.cases.assertions import Assertion, AssertionSyntaxError, Comparison, Operand, parse_assertion
from intertie.spec.cases.case import Case, CaseStep, scalar_of
from intertie.spec.cases.places import part_of
from intertie.spec.tree import MappingNode, Node, ScalarNode, SequenceNode

_IN_WORDS = ("validations", "success_criteria")
"""Lists in which a line may be an assertion, or a sentence for people."""
_PATH = rf"(?:{'|'.join(NAMES)})(?:\.\w+|\[[^\]]*\])*"
_MEANT_RE = re.compile(
    rf"{_PATH}\s*(?:[=!<>]=?|=~)"
    rf"|{_PATH}\s+(?:not\s+)?in\s*[\[(]"
    r"|'[^']*'\s+(?:not\s+)?in\s+(?:events|warnings)\s*(?:and\b|or\b|\Z)"
)
"""How a line begins that is meant as an assertion."""
_QUOTED_RE = re.compile(r"'[^']*'|\"[^\"]*\"")
_WORD_RE = re.compile(r"(?<![\w.])[A-Za-z_]\w*")


class Asserted(Struct, frozen=True):
    """One line that asserts something.

    Attributes:
        node: The line.
        step: Whose answer it is about, None where it is about the whole case.
        read: What it compares, None where it can't be read.
        trouble: Why it can't be read, None where it can.
        is_certain: It must be an assertion: it stands under `expect`. Elsewhere it may be a sentence for people.
    """

    node: ScalarNode
    step: CaseStep | None
    read: Assertion | None
    trouble: AssertionSyntaxError | None = None
    is_certain: bool = True

    @property
    def is_meant(self) -> bool:
        """Whether it is an assertion, and no sentence: it must be one, or begins with what an answer has."""
        return self.is_certain or _is_meant(self.node.text)

    def place(self, case: Case, operand: Operand) -> SourceSpan:
        """Return where an operand stands."""
        return part_of(case.source, self.node, operand.start, operand.end)


def assertions_of(case: Case) -> Iterator[Asserted]:
    """Yield the assertions of a case; sentences for people are left out."""
    for step in case.steps():
        for node in _lines(step.node.get("expect")):
            yield _asserted(node, step)
    for key in _IN_WORDS:
        for node in _lines(case.root.get(key)):
            found = replace(_asserted(node, None), is_certain=False)
            compares = found.read is not None and any(each.operator for each in found.read.comparisons)
            if compares or (found.read is None and _is_meant(node.text)):
                yield found


def _is_meant(text: str) -> bool:
    """Return whether a line that can't be read begins like an assertion, and is no sentence."""
    words = set(_WORD_RE.findall(_QUOTED_RE.sub("", text))) - {"and", "or", "not", "in", "is", "null", "true", "false"}
    return bool(_MEANT_RE.match(text)) and len(words - set(NAMES)) <= 1


def _asserted(node: ScalarNode, step: CaseStep | None) -> Asserted:
    try:
        return Asserted(node, step, parse_assertion(node.text))
    except AssertionSyntaxError as trouble:
        return Asserted(node, step, None, trouble)


def _lines(node: Node | None) -> Iterator[ScalarNode]:
    items = node.items if isinstance(node, SequenceNode) else (node,) if node is not None else ()
    for item in items:
        line = scalar_of(item, "check") if isinstance(item, MappingNode) else item
        if isinstance(line, ScalarNode) and line.value is not None:
            yield line


def asserts_under(step: CaseStep, key: str) -> bool:
    """Return whether all lines below a key of a step compare what an answer has."""
    lines = [_asserted(node, step) for node in _lines(step.node.get(key))]
    return bool(lines) and all(
        each.read is not None
        and all(compared.operator and _looks_at_an_answer(compared) for compared in each.read.comparisons)
        for each in lines
    )


def _looks_at_an_answer(compared: Comparison) -> bool:
    sides = (compared.left, compared.right)
    return any(side is not None and side.kind == "path" and value_of(side.steps) is not None for side in sides)


def expects_success(step: CaseStep) -> bool:
    """Return whether a step fails where the service does not answer with a success."""
    for node in _lines(step.node.get("expect")):
        read = _asserted(node, step).read
        for compared in read.comparisons if read is not None else ():
            if compared.left.steps == ("status",) and compared.right is not None and compared.must_hold:
                wanted = (compared.right,) if compared.operator == "==" else compared.right.items
                if compared.operator in ("==", "in") and wanted and all(_is_success(each) for each in wanted):
                    return True
    return False


def _is_success(operand: Operand) -> bool:
    return isinstance(operand.value, Decimal) and 200 <= operand.value < 300


def operands_of(read: Assertion) -> Iterator[Operand]:
    """Yield every operand of an assertion, those in lists and calls too."""
    pending: list[Operand] = []
    for compared in read.comparisons:
        pending += [compared.left] if compared.right is None else [compared.left, compared.right]
    while pending:
        operand = pending.pop(0)
        yield operand
        pending += operand.items
