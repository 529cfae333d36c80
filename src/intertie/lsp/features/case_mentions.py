"""Every name in a case file that stands for something in a spec: operations, inputs, results, other cases."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.core.errors import snake_case
from intertie.lsp.features.mentions import Mention, Step, Thing, inner_span, nested_keys, part_of, steps_of
from intertie.spec.cases.case import names_of, scalars
from intertie.spec.cases.places import values_in
from intertie.spec.source import Source
from intertie.spec.tree import MappingNode, Node, ScalarNode, SequenceNode

_DATA_RE = re.compile(r"(?<![\w.])data((?:\.[A-Za-z_][\w-]*(?:\[[^\[\]]*\])*)+)")
_QUOTED_RE = re.compile(r"'[^']*'|\"[^\"]*\"")
_SPEC_ID_RE = re.compile(r"[A-Z][A-Z0-9]*-\d+")
_CASE_ID_RE = re.compile(r"(?:TC|SC|PC)-\d+")
_CALLS = ("call", "submit")


def case_owner(root: Node | None) -> str:
    """Return the id of the spec a case names, empty where it names none."""
    if not isinstance(root, MappingNode):
        return ""
    given = root.get("spec")
    if isinstance(given, ScalarNode):
        return given.text
    related = root.get("related")
    items = related.items if isinstance(related, SequenceNode) else ()
    names = [item.text for item in items if isinstance(item, ScalarNode) and _SPEC_ID_RE.fullmatch(item.text)]
    return next((name for name in names if name.startswith("INT-")), "")


def case_mentions(root: Node | None, source: Source) -> Iterator[Mention]:
    """Yield the names that stand in a case file."""
    if not isinstance(root, MappingNode):
        return
    owner = case_owner(root)
    for entry in root.entries:
        match entry.key.text:
            case "spec" | "related":
                yield from _names(entry.value, source)
            case "steps" if isinstance(entry.value, SequenceNode):
                for step in entry.value.items:
                    if isinstance(step, MappingNode):
                        yield from _step(step, source, owner)
            case "validations" | "success_criteria":
                yield from _assertions(entry.value, source, "", owner)
            case "inputs":
                yield from _variables(entry.value, source, owner)
            case "expected_outputs":
                yield from _outputs(entry.value, source, owner)
            case _:
                yield from _names(entry.value, source)
    for node in scalars(root):
        yield from _uses(node, source, owner)


def _step(step: MappingNode, source: Source, owner: str) -> Iterator[Mention]:
    named = step.get("spec")
    owner = named.text if isinstance(named, ScalarNode) and named.text else owner
    operation = ""
    for key in _CALLS:
        call = step.get(key)
        if isinstance(call, ScalarNode) and call.text:
            operation = snake_case(call.text)
            span = inner_span(source, call)
            yield Mention(Thing.OPERATION, operation, span, operation=operation, owner=owner)
    for entry in step.entries:
        match entry.key.text:
            case "input":
                yield from nested_keys(entry.value, source, Thing.INPUT, operation, owner)
            case "expect" | "capture" | "validations":
                yield from _assertions(entry.value, source, operation, owner)


def _assertions(node: Node, source: Source, operation: str, owner: str) -> Iterator[Mention]:
    """Yield the paths of results in assertions and captures; what stands in quotes inside them is text."""
    for scalar in scalars(node):
        span = inner_span(source, scalar)
        if span.line != span.end_line or span.end_column - span.column != len(scalar.text):
            # Over several lines, or with escapes: places inside it can't be told.
            continue
        texts = [match.span() for match in _QUOTED_RE.finditer(scalar.text)]
        for match in _DATA_RE.finditer(scalar.text):
            if any(first <= match.start() < last for first, last in texts):
                continue
            path = match.group(1)[1:]
            place = part_of(span, match.start(1) + 1, match.end(1))
            yield Mention(Thing.RESULT, path, place, steps=steps_of(path, place), operation=operation, owner=owner)


def _variables(node: Node, source: Source, owner: str) -> Iterator[Mention]:
    for name in names_of(node):
        yield Mention(
            Thing.VARIABLE, name.text, inner_span(source, name), defines=True,
            steps=(Step(name.text, inner_span(source, name)),), owner=owner,
        )  # fmt: skip


def _uses(node: ScalarNode, source: Source, owner: str) -> Iterator[Mention]:
    span = inner_span(source, node)
    if span.line != span.end_line or span.end_column - span.column != len(node.text):
        return
    for name, first, last in values_in(node):
        place = part_of(span, first, last)
        yield Mention(Thing.VARIABLE, name, place, steps=(Step(name, place),), owner=owner)


def _outputs(node: Node, source: Source, owner: str) -> Iterator[Mention]:
    for name in names_of(node):
        span = inner_span(source, name)
        yield Mention(Thing.RESULT, name.text, span, steps=steps_of(name.text, span), owner=owner)


def _names(node: Node, source: Source) -> Iterator[Mention]:
    """Yield the specs and cases that are named by id or path anywhere below a node."""
    for scalar in scalars(node):
        if _CASE_ID_RE.search(scalar.text) and " " not in scalar.text:
            yield Mention(Thing.CASE, scalar.text, inner_span(source, scalar))
        elif _SPEC_ID_RE.fullmatch(scalar.text):
            yield Mention(Thing.SPEC, scalar.text, inner_span(source, scalar))
