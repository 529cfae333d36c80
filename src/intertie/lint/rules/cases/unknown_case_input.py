from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from intertie.core.errors import snake_case
from intertie.diagnostics import Severity
from intertie.lint.cases.beside import BesideCase
from intertie.lint.cases.facts import OperationFacts
from intertie.lint.finding import Finding
from intertie.lint.mends import write
from intertie.lint.rule import rule
from intertie.lint.words import listed
from intertie.spec.cases.case import Case
from intertie.spec.cases.places import inner_span
from intertie.spec.tree import MappingNode, ScalarNode
from intertie.spec.yaml_nodes import shorten

_MOST_NAMED = 8


@rule(code="TIE706", severity=Severity.ERROR, since="0.1.0", judges="surroundings")
def unknown_case_input(case: Case, beside: BesideCase) -> Iterator[Finding]:
    """A step gives an input that the operation does not have."""
    for step in case.steps():
        given = step.node.get("input")
        operation = beside.operation_of(step)
        if (
            step.operation is None
            or operation is None
            or operation.inputs is None
            or not isinstance(given, MappingNode)
        ):
            continue
        names = {entry.key.text for entry in given.entries}
        for entry in given.entries:
            found = _judged(entry.key, names, operation, snake_case(step.operation.text), case)
            if found is not None:
                yield found


def _judged(key: ScalarNode, names: set[str], operation: OperationFacts, called: str, case: Case) -> Finding | None:
    known = operation.inputs or frozenset()
    if key.text in known or snake_case(key.text) in known or "{{" in key.text:
        return None
    near = next(iter(get_close_matches(key.text, sorted(known - names), 1, 0.75)), None)
    if operation.takes_others and near is None:
        return None
    fields = sorted(name for name in known if name == snake_case(name)) or sorted(known)
    others = f"it takes {listed(f'`{name}`' for name in fields[:_MOST_NAMED])}" if fields else "it takes no input"
    span = inner_span(case.source, key)
    return Finding(
        span,
        f"`{called}` has no input `{shorten(key.text)}`",
        f"did you mean `{near}`?" if near else others,
        fix=write(near, span, safe=not operation.takes_others) if near else None,
        severity=Severity.WARNING if operation.takes_others else None,
    )
