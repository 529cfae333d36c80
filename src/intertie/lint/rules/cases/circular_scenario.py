from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity, SourceSpan
from intertie.lint.cases.beside import BesideCase
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.cases.case import Case
from intertie.spec.cases.names import CaseKind, id_in
from intertie.spec.tree import MappingNode, ScalarNode, SequenceNode

_MOST = 200
"""Scenarios that are followed from one."""


@rule(code="TIE709", severity=Severity.ERROR, since="0.1.0", judges="surroundings")
def circular_scenario(case: Case, beside: BesideCase) -> Iterator[Finding]:
    """Phases wait for each other, or a scenario runs itself."""
    execution = case.root.get("phase_execution")
    given = execution.get("phase_dependencies") if isinstance(execution, MappingNode) else None
    if isinstance(given, MappingNode):
        yield from _phases(given)
    if case.kind is CaseKind.SCENARIO:
        yield from _nested(case, beside)


def _phases(given: MappingNode) -> Iterator[Finding]:
    before: dict[str, list[str]] = {}
    places: dict[str, SourceSpan] = {}
    for entry in given.entries:
        items = entry.value.items if isinstance(entry.value, SequenceNode) else (entry.value,)
        before[entry.key.text] = [item.text for item in items if isinstance(item, ScalarNode)]
        places[entry.key.text] = entry.key.span
    told: set[str] = set()
    for start in before:
        circle = _circle(start, before)
        if circle and not told & set(circle):
            told.update(circle)
            if len(circle) == 1:
                message = f"the phase `{start}` waits for itself"
            else:
                message = f"these phases wait for each other: {' → '.join([*circle, circle[0]])}"
            yield Finding(places[start], message, "remove one of the dependencies")


def _circle(start: str, before: dict[str, list[str]]) -> list[str]:
    """Return the phases of a circle that leads back to `start`, empty where none does."""
    pending = [(start, [start])]
    seen: set[str] = set()
    while pending:
        phase, way = pending.pop()
        for following in before.get(phase, ()):
            if following == start:
                return way
            if following not in seen:
                seen.add(following)
                pending.append((following, [*way, following]))
    return []


def _nested(case: Case, beside: BesideCase) -> Iterator[Finding]:
    own = beside.path
    for reference in case.references():
        if reference.under != "nested_scenarios" or beside.find(reference.node.text) is None:
            continue
        way = _way_back(reference.node.text, beside)
        if way is not None:
            names = " → ".join([case.id or own.stem, *way])
            yield Finding(
                reference.node.span, f"the scenario runs itself: {names}", "remove one of the nested scenarios"
            )


def _way_back(reference: str, beside: BesideCase) -> list[str] | None:
    """Return the ids from a nested scenario back to the case itself, None where no way leads there."""
    pending: list[tuple[str, list[str]]] = [(reference, [])]
    seen: set[str] = set()
    while pending and len(seen) < _MOST:
        current, way = pending.pop()
        path = beside.find(current)
        if path is None or str(path) in seen:
            continue
        way = [*way, id_in(current) or path.stem]
        if path == beside.path:
            return way
        seen.add(str(path))
        other = beside.cited(current)
        nested = other.references() if other is not None else ()
        pending.extend((each.node.text, way) for each in nested if each.under == "nested_scenarios")
    return None
