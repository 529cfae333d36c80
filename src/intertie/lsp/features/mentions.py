"""Every name in a spec that stands for something elsewhere: what it names, where, and whether it defines it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum

from msgspec import Struct

from intertie.core.errors import snake_case
from intertie.core.json_pointer import COMPONENTS
from intertie.diagnostics import SourceSpan
from intertie.runtime.mapping.errors import MappingSyntaxError
from intertie.runtime.mapping.syntax import Bare, read_chain
from intertie.spec.fields import Located
from intertie.spec.model import InboundRow, OutboundRow, Spec
from intertie.spec.schema_documents import named_schemas, spec_root
from intertie.spec.source import Source
from intertie.spec.tree import MappingNode, Node, ScalarNode, SequenceNode

_STEP_RE = re.compile(r"([^.\[\]\s\"'{}(),|]+)((?:\[[^\[\]]*\])*)(?:\.|\Z)")
_PATTERN_RE = re.compile(r"\{([A-Za-z_][\w-]*)\}")
_PERSONAL_RE = re.compile(r"\bpersonal(?:\s+(?:data|fields?))?\s*:\s*([^;]+)", re.IGNORECASE)
_LISTED_RE = re.compile(r"[^,\s][^,]*[^,\s]|[^,\s]")
_SOURCE_RE = re.compile(r"\bsource((?:\.[A-Za-z_]\w*)+)")


class Thing(StrEnum):
    """What a name can stand for."""

    SPEC = "spec"
    CASE = "case"
    OPERATION = "operation"
    SCHEMA = "schema"
    ELSEWHERE = "schema elsewhere"
    INPUT = "field of the input"
    RESULT = "field of the result"
    PERSONAL = "personal field"
    """A field of input, result, or of the service's own: whichever has the name."""
    EXTERNAL = "field of the service"
    VARIABLE = "variable of a case"


FIELDS = frozenset({Thing.INPUT, Thing.RESULT, Thing.PERSONAL})
"""Things whose name is a path of internal fields."""


class Step(Struct, frozen=True):
    """One name of a path; `span` is None where it stands elsewhere (the key that this one is nested in)."""

    name: str
    span: SourceSpan | None


class Mention(Struct, frozen=True):
    """One name at one place.

    Attributes:
        name: The id, operation id, component, path or reference.
        span: The whole name.
        defines: It is what the others refer to.
        steps: For fields, the names that the path is made of.
        operation: For what concerns one operation, its id.
        owner: In a case file, the id of the spec that is meant; empty where none is named.
    """

    thing: Thing
    name: str
    span: SourceSpan
    defines: bool = False
    steps: tuple[Step, ...] = ()
    operation: str = ""
    owner: str = ""


def spec_mentions(spec: Spec, source: Source) -> Iterator[Mention]:
    """Yield the names that stand in a spec."""
    yield from _around(spec)
    yield from _operations(spec)
    yield from _schemas(spec, source)
    yield from _mapped(spec, source)
    yield from _personal(spec, source)
    yield from _default_response(spec, source)


def _around(spec: Spec) -> Iterator[Mention]:
    if spec.front_matter is not None:
        if spec.front_matter.id is not None:
            yield Mention(Thing.SPEC, spec.front_matter.id.value, spec.front_matter.id.span, defines=True)
        for related in spec.front_matter.related:
            yield Mention(Thing.SPEC, related.value, related.span)
    for case in spec.cases:
        if case.path is not None:
            yield Mention(Thing.CASE, case.path.value, case.path.span)


def _operations(spec: Spec) -> Iterator[Mention]:
    for endpoint in spec.endpoints:
        if endpoint.name is not None:
            yield Mention(Thing.OPERATION, snake_case(endpoint.name.value), endpoint.name.span, defines=True)
    rows: tuple[InboundRow | OutboundRow, ...] = (*spec.inbound, *spec.outbound)
    for row in rows:
        for each in row.endpoints:
            yield Mention(Thing.OPERATION, snake_case(each.value), each.span)


# Schemas


def _schemas(spec: Spec, source: Source) -> Iterator[Mention]:
    for root in spec_root(spec.document):
        for entry in named_schemas(root):
            yield Mention(Thing.SCHEMA, entry.key.text, inner_span(source, entry.key), defines=True)
        for node in references(root):
            yield reference_mention(source, node)


def references(root: Node) -> Iterator[ScalarNode]:
    """Yield the values of every `$ref` below a node."""
    pending: list[Node] = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, SequenceNode):
            pending.extend(node.items)
        elif isinstance(node, MappingNode):
            for entry in node.entries:
                if entry.key.text == "$ref" and isinstance(entry.value, ScalarNode):
                    yield entry.value
                else:
                    pending.append(entry.value)


def reference_mention(source: Source, node: ScalarNode) -> Mention:
    """Return what a `$ref` names; of a component the name alone is its place."""
    span = inner_span(source, node)
    if node.text.startswith(COMPONENTS) and "/" not in node.text[len(COMPONENTS) :]:
        name = node.text[len(COMPONENTS) :]
        return Mention(Thing.SCHEMA, name, part_of(span, len(COMPONENTS), len(node.text)))
    return Mention(Thing.ELSEWHERE, node.text, span)


# Fields


def _mapped(spec: Spec, source: Source) -> Iterator[Mention]:
    for row in spec.inbound:
        yield from _field(Thing.RESULT, row.internal_field, source, defines=True)
        yield from _external(row.external_field, source)
    inputs = {row.internal_field.value for row in spec.outbound if row.internal_field is not None}
    for outbound in spec.outbound:
        yield from _field(Thing.INPUT, outbound.internal_field, source, defines=True)
        yield from _external(outbound.external_field, source)
        if outbound.transform is not None:
            # What an outbound transform takes from elsewhere it takes from the call's input.
            yield from _arguments(outbound.transform, source, inputs)
    for endpoint in spec.endpoints:
        operation = snake_case(endpoint.name.value) if endpoint.name is not None else ""
        for header in endpoint.request.headers if endpoint.request is not None else ():
            if header.value is not None:
                for match in _PATTERN_RE.finditer(header.value.text):
                    if match.group(1) in inputs:
                        yield _part(Thing.INPUT, header.value, match, source, operation)


def _field(thing: Thing, located: Located[str] | None, source: Source, *, defines: bool) -> Iterator[Mention]:
    if located is not None:
        span = inner_of(source, located.span)
        yield Mention(thing, located.value, span, defines, steps_of(located.value, span))


def _external(located: Located[str] | None, source: Source) -> Iterator[Mention]:
    if located is not None:
        span = inner_of(source, located.span)
        yield Mention(Thing.EXTERNAL, located.value, span, steps=steps_of(located.value, span))


def _arguments(transform: Located[str], source: Source, inputs: Iterable[str]) -> Iterator[Mention]:
    text, span = transform.text, inner_of(source, transform.span)
    for match in _SOURCE_RE.finditer(text):
        # In an expression the input is `source`.
        path = match.group(1)[1:]
        place = part_of(span, match.start(1) + 1, match.end(1))
        yield Mention(Thing.INPUT, path, place, steps=steps_of(path, place))
    try:
        calls = read_chain(text)
    except MappingSyntaxError:
        # An expression, or a half-typed call: it has no arguments that could be told from other words.
        return
    known = tuple(inputs)
    for call in calls:
        for argument in call.arguments:
            value = argument.value
            if isinstance(value, Bare) and any(_same_top(value.text, name) for name in known):
                place = part_of(span, value.offset, value.offset + len(value.text))
                yield Mention(Thing.INPUT, value.text, place, steps=steps_of(value.text, place))


def _same_top(path: str, other: str) -> bool:
    """Return whether two paths begin with the same name: a bare word such as `EUR` is no field."""
    return re.split(r"[.\[]", path, maxsplit=1)[0] == re.split(r"[.\[]", other, maxsplit=1)[0]


def _part(thing: Thing, located: Located[str], match: re.Match[str], source: Source, operation: str) -> Mention:
    span = part_of(inner_of(source, located.span), match.start(1), match.end(1))
    return Mention(thing, match.group(1), span, steps=steps_of(match.group(1), span), operation=operation)


def _personal(spec: Spec, source: Source) -> Iterator[Mention]:
    security = spec.security
    if security is None:
        return
    for item in security.personal:
        span = inner_of(source, item.span)
        yield Mention(Thing.PERSONAL, item.value, span, steps=steps_of(item.value, span))
    privacy = security.gdpr_privacy
    if privacy is None:
        return
    text = source.slice(privacy.span)
    for match in _PERSONAL_RE.finditer(text):
        for name in _LISTED_RE.finditer(match.group(1)):
            span = source.span(
                *(source.offset(privacy.span.line, privacy.span.column) + match.start(1) + at for at in name.span())
            )
            if span.line == span.end_line:
                yield Mention(Thing.PERSONAL, name.group(), span, steps=steps_of(name.group(), span))


def _default_response(spec: Spec, source: Source) -> Iterator[Mention]:
    fallback = spec.fallback_behavior
    if fallback is None or fallback.default_response is None:
        return
    for section in spec.document.sections:
        for part in section.walk():
            for block in part.blocks:
                node = _at(block.root, fallback.default_response.span)
                if node is not None:
                    yield from nested_keys(node, source, Thing.RESULT)


def nested_keys(node: Node, source: Source, thing: Thing, operation: str = "", owner: str = "") -> Iterator[Mention]:
    """Yield the keys of plain data as the paths they are."""
    pending: list[tuple[Node, tuple[Step, ...]]] = [(node, ())]
    while pending:
        current, above = pending.pop()
        if isinstance(current, SequenceNode):
            pending.extend((item, above) for item in current.items)
        elif isinstance(current, MappingNode):
            for entry in current.entries:
                span = inner_span(source, entry.key)
                steps = (*above, Step(entry.key.text, span))
                name = ".".join(step.name for step in steps)
                yield Mention(thing, name, span, steps=steps, operation=operation, owner=owner)
                pending.append((entry.value, tuple(Step(step.name, None) for step in steps)))


def _at(root: Node, span: SourceSpan) -> Node | None:
    pending = [root]
    while pending:
        node = pending.pop()
        if node.span == span:
            return node
        if isinstance(node, MappingNode):
            pending.extend(entry.value for entry in node.entries)
        elif isinstance(node, SequenceNode):
            pending.extend(node.items)
    return None


# Places


def steps_of(path: str, span: SourceSpan) -> tuple[Step, ...]:
    """Return the names of a dotted path with their places; one step where it is no such path.

    >>> from intertie.diagnostics import SourceSpan
    >>> [step.name for step in steps_of("items[].sku", SourceSpan("a", 1, 1, 1, 12))]
    ['items', 'sku']
    """
    steps: list[Step] = []
    at = 0
    while at < len(path):
        match = _STEP_RE.match(path, at)
        if match is None:
            return (Step(path, span),)
        steps.append(Step(match.group(1), part_of(span, *match.span(1))))
        at = match.end()
    return tuple(steps)


def part_of(span: SourceSpan, first: int, last: int) -> SourceSpan:
    """Return the characters `first` to `last` (0-based, the end left out) of a span on one line."""
    return SourceSpan(span.path, span.line, span.column + first, span.line, span.column + last)


def inner_of(source: Source, span: SourceSpan) -> SourceSpan:
    """Return a scalar's place without its quotes."""
    text = source.slice(span)
    if len(text) >= 2 and text[0] in "'\"" and text[-1] == text[0] and span.line == span.end_line:
        return part_of(span, 1, len(text) - 1)
    return span


def inner_span(source: Source, node: ScalarNode) -> SourceSpan:
    """Return the place of a scalar's text."""
    return inner_of(source, node.span) if node.quoted else node.span
