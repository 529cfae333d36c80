"""The values that steps may use as `{{ name }}`: inputs, captures of earlier steps, what preconditions provide."""

from __future__ import annotations

from collections.abc import Iterator

from intertie.lint.cases.beside import BesideCase
from intertie.spec.cases.case import Case, CaseStep
from intertie.spec.tree import MappingNode


def captured_by(step: CaseStep) -> Iterator[str]:
    """Yield the names that a step captures."""
    captured = step.node.get("capture")
    if isinstance(captured, MappingNode):
        yield from (entry.key.text for entry in captured.entries)


def values_before(case: Case, beside: BesideCase) -> set[str] | None:
    """Return the values that are there before the first step, None where they can't all be told."""
    found = {node.text for node in case.declared()}
    found.update(node.text for node in case.provided())
    for citing in (case, *beside.scenarios):
        for reference in citing.references():
            if reference.under != "preconditions":
                continue
            precondition = beside.cited(reference.node.text)
            if precondition is None:
                # What it provides is not known; that it is not there is a finding of its own.
                return None
            found.update(node.text for node in precondition.provided())
            for step in precondition.steps():
                found.update(captured_by(step))
    for scenario in beside.scenarios:
        # Cases of one scenario may hand on what they captured.
        for reference in scenario.references():
            is_other = reference.under == "test_cases" and beside.find(reference.node.text) != beside.path
            other = beside.cited(reference.node.text) if is_other else None
            for step in other.steps() if other is not None else ():
                found.update(captured_by(step))
    return found


def values_known(case: Case, beside: BesideCase) -> set[str]:
    """Return every value that any step of the case may use."""
    found = values_before(case, beside) or set()
    for step in case.steps():
        found.update(captured_by(step))
    return found
