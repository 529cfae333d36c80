from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from intertie.diagnostics import Label, Severity, SourceSpan
from intertie.lint.finding import Finding
from intertie.lint.mends import write
from intertie.lint.rule import rule
from intertie.lint.words import listed
from intertie.spec.cases.case import Case, scalar_of, scalars
from intertie.spec.cases.places import inner_span
from intertie.spec.tree import MappingNode
from intertie.spec.yaml_nodes import shorten


@rule(code="TIE710", severity=Severity.ERROR, since="0.1.0", judges="surroundings")
def unknown_phase(case: Case) -> Iterator[Finding]:
    """A phase dependency names an unknown or ambiguous phase."""
    known: dict[str, SourceSpan] = {}
    for phase in case.phases():
        node = scalar_of(phase, "phase_id")
        if node is None or not node.text:
            yield Finding(
                phase.entries[0].key.span if phase.entries else phase.span,
                "this phase has no `phase_id`",
                "give it one: other phases and reports name it by that",
            )
        elif node.text in known:
            yield Finding(
                node.span,
                f"phase `{shorten(node.text)}` is there twice",
                "give one of the two another id",
                related=(Label(known[node.text], "the first"),),
            )
        else:
            known[node.text] = node.span
    execution = case.root.get("phase_execution")
    given = execution.get("phase_dependencies") if isinstance(execution, MappingNode) else None
    if not isinstance(given, MappingNode) or not known:
        return
    told: set[str] = set()
    for node in (each for entry in given.entries for each in (entry.key, *scalars(entry.value))):
        if node.text in known or node.text in told:
            continue
        told.add(node.text)
        near = next(iter(get_close_matches(node.text, known, 1, 0.6)), None)
        span = inner_span(case.source, node)
        yield Finding(
            span,
            f"the scenario has no phase `{shorten(node.text)}`",
            f"did you mean `{near}`?" if near else f"it has {listed(f'`{name}`' for name in known)}",
            fix=write(near, span, safe=False) if near else None,
        )
