from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from intertie.core.errors import snake_case
from intertie.diagnostics import Severity, SourceSpan
from intertie.lint.cases.asserted import expects_success
from intertie.lint.cases.beside import BesideCase
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.cases.case import Case, CaseStep, scalar_of
from intertie.spec.cases.places import VALUE_RE, inner_span
from intertie.spec.tree import MappingNode, Node, ScalarNode, SequenceNode

_REQUIRED = "is required"
_UNKNOWN = "is not a field"
"""How the refusal of a name begins that no operation has: a rule of its own reports it."""


@rule(code="TIE719", severity=Severity.WARNING, since="0.1.0")
def refused_case_input(case: Case, beside: BesideCase) -> Iterator[Finding]:
    """A step expects a success, and its input is refused before anything is sent."""
    for step in case.steps():
        given = step.node.get("input")
        operation = beside.operation_of(step)
        if operation is None or step.operation is None or not expects_success(step):
            continue
        if given is not None and not isinstance(given, MappingNode):
            continue
        values, unset = _values(given, case)
        refused = operation.refusal(values)
        if refused is None or refused[1].startswith(_UNKNOWN):
            continue
        field, rule_ = refused
        head = field.replace("[", ".").split(".")[0]
        if unset and (head in unset or rule_ != _REQUIRED):
            # What stands there is known when the case runs, and a row may read it for another field.
            continue
        entry = given.entry(head) if given is not None else None
        span = inner_span(case.source, entry.key) if entry is not None else _place(step, given)
        called = snake_case(step.operation.text)
        yield Finding(
            span,
            f"`{called}` refuses this input: `{field or 'the input'}` {rule_}",
            "correct the input, or expect `error.type == 'InvalidInput'`",
        )


def _place(step: CaseStep, given: Node | None) -> SourceSpan:
    entry = step.node.entry("input") if given is not None else None
    return entry.key.span if entry is not None else step.node.entries[0].key.span


def _values(given: MappingNode | None, case: Case) -> tuple[Mapping[str, object], set[str]]:
    """Return the input as it can be told, and the names whose values are known when the case runs."""
    unset: set[str] = set()
    values: dict[str, object] = {}
    for entry in given.entries if given is not None else ():
        found = _plain(entry.value, case)
        if found is _LATER:
            unset.add(entry.key.text)
            values[entry.key.text] = "text"
        else:
            values[entry.key.text] = found
    return values, unset


_LATER = object()


def _plain(node: Node, case: Case) -> object:
    """Return the value of a node with exact decimals, `_LATER` where a part of it is set when the case runs."""
    if isinstance(node, ScalarNode):
        if "{{" in node.text:
            return _declared(node.text, case)
        return Decimal(node.text) if isinstance(node.value, float) else node.value
    parts = [
        _plain(each, case)
        for each in (node.items if isinstance(node, SequenceNode) else [e.value for e in node.entries])
    ]
    if any(part is _LATER for part in parts):
        return _LATER
    if isinstance(node, SequenceNode):
        return parts
    return {entry.key.text: part for entry, part in zip(node.entries, parts, strict=True)}


def _declared(text: str, case: Case) -> object:
    """Return the value of the case's input that a text is, `_LATER` where it is more than that."""
    match = VALUE_RE.fullmatch(text.strip())
    inputs = case.root.get("inputs")
    node: Node | None = None
    if match and isinstance(inputs, MappingNode):
        node = inputs.get(match.group(1))
    elif match and isinstance(inputs, SequenceNode):
        named = (each for each in inputs.items if isinstance(each, MappingNode))
        found = next(
            (each for each in named if (name := scalar_of(each, "name")) and name.text == match.group(1)), None
        )
        node = found.get("value") if found is not None else None
    return (
        node.value
        if isinstance(node, ScalarNode) and "{{" not in node.text and not isinstance(node.value, float)
        else _LATER
    )
