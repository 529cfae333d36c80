"""Where what a name stands for is defined."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

from msgspec import Struct

from intertie.core.json_pointer import COMPONENTS, index, names_of
from intertie.diagnostics import SourceSpan
from intertie.lsp.features.around import page_at, spec_page, spec_path
from intertie.lsp.features.mentions import FIELDS, Mention, Step, Thing, inner_span
from intertie.lsp.page import Page
from intertie.spec.schema_documents import named_schemas, spec_root
from intertie.spec.source import Findings, Source
from intertie.spec.tree import MappingNode, Node, ScalarNode, SequenceNode
from intertie.spec.workspace import Unreadable
from intertie.spec.yaml_nodes import Allowance
from intertie.spec.yaml_text import read_yaml

_MOST_VALUES = 100_000
_DEEPEST = 40


class Target(Struct, frozen=True):
    """A place in a file."""

    path: Path
    span: SourceSpan


def definitions(page: Page, line: int, column: int) -> list[Target]:
    """Return where the name at a place is defined; empty where it names nothing, or nothing that is there."""
    mention = page.mention(line, column)
    return list(dict.fromkeys(_defined(page, mention))) if mention is not None else []


def _defined(page: Page, mention: Mention) -> Iterator[Target]:
    match mention.thing:
        case Thing.SPEC:
            path = spec_path(page, mention.name)
            if path is not None:
                yield _head(page, path)
        case Thing.CASE:
            path = page.around.workspace.find_case(mention.name)
            if path is not None:
                yield Target(path, _start(page, path))
        case Thing.SCHEMA:
            yield from _component(page, mention.name)
        case Thing.ELSEWHERE:
            yield from _elsewhere(page, mention.name)
        case Thing.EXTERNAL:
            yield from _external(page, mention.steps)
        case Thing.VARIABLE:
            yield from (Target(page.path, each.span) for each in _definers(page, mention))
        case _:
            spec = spec_page(page, mention)
            if spec is not None:
                yield from (Target(spec.path, each.span) for each in _definers(spec, mention))


def _definers(page: Page, mention: Mention) -> Iterator[Mention]:
    names = [step.name for step in mention.steps]
    for each in page.mentions:
        if not each.defines:
            continue
        same_kind = each.thing is mention.thing or (mention.thing is Thing.PERSONAL and each.thing in FIELDS)
        if same_kind and (
            [step.name for step in each.steps[: len(names)]] == names if names else each.name == mention.name
        ):
            yield each


def _start(page: Page, path: Path) -> SourceSpan:
    return SourceSpan(page.around.workspace.shown(path), 1, 1, 1, 1)


def _head(page: Page, path: Path) -> Target:
    other = page_at(page, path)
    identity = (
        next((each for each in other.mentions if each.thing is Thing.SPEC and each.defines), None) if other else None
    )
    return Target(path, identity.span if identity is not None else _start(page, path))


# Schemas


def _component(page: Page, name: str) -> Iterator[Target]:
    """Yield the component of this spec, else of a related one, whose components a spec may use as its own."""
    found = [Target(page.path, each.span) for each in page.mentions if _is_component(each, name)]
    if found:
        yield from found
        return
    for related in (each for each in page.mentions if each.thing is Thing.SPEC and not each.defines):
        path = spec_path(page, related.name)
        source = _source(page, path) if path is not None else None
        if path is None or source is None:
            continue
        there = _pointed(_roots(page, path, source), f"/components/schemas/{name}")
        if there is not None and isinstance(there[0], ScalarNode):
            yield Target(path, inner_span(source, there[0]))
            return


def _is_component(mention: Mention, name: str) -> bool:
    return mention.thing is Thing.SCHEMA and mention.defines and mention.name == name


def _elsewhere(page: Page, reference: str) -> Iterator[Target]:
    path, fragment = _split(page, reference)
    if path is not None:
        yield from _in_file(page, path, fragment)


def _split(page: Page, reference: str) -> tuple[Path | None, str]:
    """Return the file that a reference leads into, None where there is none, and the pointer in it."""
    file_part, _, fragment = reference.partition("#")
    if not file_part:
        return page.path, unquote(fragment)
    path = _located(page, file_part) if _is_data(file_part) else spec_path(page, file_part)
    return path, unquote(fragment)


def _is_data(file_part: str) -> bool:
    return file_part.lower().endswith((".yaml", ".yml", ".json"))


def _located(page: Page, file_part: str) -> Path | None:
    try:
        path = page.around.workspace.locate(unquote(file_part), base=page.path.parent)
    except Unreadable:
        return None
    return path if path.is_file() else None


def _in_file(page: Page, path: Path, fragment: str) -> Iterator[Target]:
    """Yield the place in a file that a fragment points at; the file's start where it can't be told."""
    source = _source(page, path)
    found = _pointed(_roots(page, path, source), fragment) if source is not None else None
    if source is not None and found is not None:
        yield Target(path, inner_span(source, found[0]) if isinstance(found[0], ScalarNode) else found[0].span)
    elif path.suffix.lower() in (".md", ".markdown"):
        # A DATA spec's tables are found by the name of the spec: its head is where they are described.
        yield _head(page, path)
    else:
        yield Target(path, _start(page, path))


def elsewhere_node(page: Page, reference: str) -> Node | None:
    """Return the node that a reference into another file, or deep into this one, leads to, None where there is none."""
    path, fragment = _split(page, reference)
    source = _source(page, path) if path is not None else None
    found = _pointed(_roots(page, path, source), fragment) if path is not None and source is not None else None
    return found[1] if found is not None else None


def component_node(page: Page, name: str) -> Node | None:
    """Return a component of a page's own, None where it has none of that name."""
    return _components(_blocks(page)).get(name)


def _source(page: Page, path: Path) -> Source | None:
    text = page.text if path == page.path else page.around.text(path)
    return None if text is None else Source(page.around.workspace.shown(path), text)


def _roots(page: Page, path: Path, source: Source) -> list[MappingNode]:
    if path.suffix.lower() not in (".md", ".markdown"):
        root = read_yaml(source.text, source.span, Findings(), Allowance(_MOST_VALUES))
        return [root] if isinstance(root, MappingNode) else []
    other = page_at(page, path)
    return _blocks(other) if other is not None else []


def _blocks(page: Page) -> list[MappingNode]:
    return spec_root(page.spec.document)


def _pointed(roots: Iterable[MappingNode], fragment: str) -> tuple[Node, Node] | None:
    """Return what names the node that a JSON pointer leads to (its key, else itself), and the node."""
    names = names_of(fragment)
    for root in roots:
        found = _walk(root, names)
        if found is not None:
            return found
    return None


def _walk(node: Node, names: tuple[str, ...]) -> tuple[Node, Node] | None:
    place: Node = node
    for name in names:
        if isinstance(node, MappingNode) and (entry := node.entry(name)) is not None:
            place, node = entry.key, entry.value
        elif isinstance(node, SequenceNode) and (at := index(name)) is not None and at < len(node.items):
            place = node = node.items[at]
        else:
            return None
    return (place, node) if names else None


# Fields of the service


def _external(page: Page, steps: tuple[Step, ...]) -> Iterator[Target]:
    """Yield the members of schemas, and the parameters, that a path of the service names."""
    names = [step.name for step in steps]
    blocks = _blocks(page)
    components = _components(blocks)
    for root in blocks:
        for schema in _schemas_of(root):
            key = _member(schema, names, components, 0)
            if key is not None:
                yield Target(page.path, inner_span(page.source, key))
        for parameter in _parameters_of(root):
            if len(names) == 1 and parameter.text == names[0]:
                yield Target(page.path, inner_span(page.source, parameter))


def _components(blocks: Iterable[MappingNode]) -> dict[str, Node]:
    return {entry.key.text: entry.value for root in blocks for entry in named_schemas(root)}


def _schemas_of(root: MappingNode) -> Iterator[Node]:
    for outer, inner in (("request", "body"), ("response", "success")):
        holder = root.get(outer)
        part = holder.get(inner) if isinstance(holder, MappingNode) else None
        schema = part.get("schema") if isinstance(part, MappingNode) else None
        if schema is not None:
            yield schema


def _parameters_of(root: MappingNode) -> Iterator[ScalarNode]:
    request = root.get("request")
    parameters = request.get("parameters") if isinstance(request, MappingNode) else None
    for item in parameters.items if isinstance(parameters, SequenceNode) else ():
        name = item.get("name") if isinstance(item, MappingNode) else None
        if isinstance(name, ScalarNode):
            yield name


def _member(schema: Node, names: list[str], components: dict[str, Node], depth: int) -> ScalarNode | None:
    """Return the key of the member that a path of names leads to; lists are gone into, references followed."""
    if not isinstance(schema, MappingNode) or depth > _DEEPEST:
        return None
    reference = schema.get("$ref")
    if isinstance(reference, ScalarNode):
        other = components.get(reference.text.removeprefix(COMPONENTS))
        if other is not None and (found := _member(other, names, components, depth + 1)) is not None:
            return found
    properties = schema.get("properties")
    entry = properties.entry(names[0]) if isinstance(properties, MappingNode) else None
    if entry is not None:
        return entry.key if len(names) == 1 else _member(entry.value, names[1:], components, depth + 1)
    items = schema.get("items")
    inner = [items] if items is not None else []
    for keyword in ("allOf", "anyOf", "oneOf"):
        branch = schema.get(keyword)
        inner += branch.items if isinstance(branch, SequenceNode) else ()
    found_keys = (_member(each, names, components, depth + 1) for each in inner)
    return next((key for key in found_keys if key is not None), None)
