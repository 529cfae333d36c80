from __future__ import annotations

from collections.abc import Iterator

from intertie.core.errors import snake_case
from intertie.diagnostics import Severity
from intertie.lint.cases.beside import BesideCase
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.words import listed
from intertie.spec.cases.case import Case
from intertie.spec.cases.names import CaseKind


@rule(code="TIE712", severity=Severity.WARNING, since="0.1.0")
def case_for_other_spec(case: Case, beside: BesideCase) -> Iterator[Finding]:
    """A spec lists a case that belongs to another spec."""
    node = case.owner
    if node is None or case.kind is not CaseKind.TEST:
        return
    owner = beside.named
    if owner is None:
        return
    named = {owner.path}
    for step in case.steps():
        facts = beside.spec(step.spec.text) if step.spec is not None and step.spec.text else None
        if facts is not None:
            named.add(facts.path)
    others = [facts for facts in beside.listing if facts.path not in named]
    if others:
        names = listed(f"{facts.id or facts.path}" for facts in others[:3])
        calls = [step.operation.text for step in case.steps() if step.operation is not None]
        theirs = [name for name in calls if any(snake_case(name) in facts.operations for facts in others)]
        yield Finding(
            node.span,
            f"the case is for {owner.id or owner.path}, and {names} lists it",
            f"write `{others[0].id}`: `{theirs[0]}` is an operation of it"
            if theirs and others[0].id
            else f"name the spec that is meant, or remove the case from {others[0].path}",
        )
