"""Schemas of a spec with every `$ref` followed: self-contained plain data, or a finding at the reference's place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.core.json_pointer import COMPONENTS, DEFINITIONS, same_as
from intertie.diagnostics import Edit, Fix, Severity, SourceSpan
from intertie.spec import codes
from intertie.spec.circles import in_circles
from intertie.spec.dialects import SCHEMA_LISTS, SCHEMA_MAPS, SCHEMAS, translate
from intertie.spec.model.values import Schema
from intertie.spec.schema_documents import Library, Problem, SchemaDocument, Target
from intertie.spec.source import Findings
from intertie.spec.tree import MappingNode, Node, ScalarNode, SequenceNode, plain
from intertie.spec.yaml_nodes import shorten

_TEMPLATE_REFERENCE = COMPONENTS + "Error"
"""The one reference of the template that is no placeholder."""
_REFERENCES = ("$ref", "$dynamicRef")
_NAME_RE = re.compile(r"[^A-Za-z0-9_.-]+")


class _Made:
    """A schema with its references rewritten, and what they lead to."""

    __slots__ = ("json", "needs", "problems")

    def __init__(self) -> None:
        self.json: object = True
        self.needs: dict[str, None] = {}
        self.problems: list[tuple[str, Problem]] = []


class SchemaReader:
    """Reads the schemas of one spec."""

    def __init__(self, findings: Findings, library: Library, document: SchemaDocument) -> None:
        self._findings = findings
        self._library = library
        self._document = document
        self._names: dict[tuple[int, tuple[str, ...]], str] = {}
        self._targets: dict[str, Target] = {}
        self._made: dict[str, _Made] = {}
        self._sound: set[str] = set()

    def read(self, node: Node, where: str) -> Schema | None:
        """Return the schema of a field, None where it is none."""
        if isinstance(node, ScalarNode) and not isinstance(node.value, bool):
            return self._by_name(node, where)
        if not isinstance(node, MappingNode):
            self._findings.add(
                codes.WRONG_TYPE,
                node.span,
                f"`{where}` is a JSON Schema or a `$ref` to one",
                help="write `$ref: '#/…'`",
            )
            return None
        try:
            data = plain(node)
            alone = _only_reference(data) is not None
            self._check(node, self._document if alone else self._resource(data, self._document))
            return self._schema(data, node)
        except RecursionError:
            self._findings.add(codes.TOO_DEEP, node.span, f"`{where}` leads to schemas nested too deep")
            return None

    def _check(self, node: Node, document: SchemaDocument) -> None:
        """Report every reference in `node` that leads nowhere, at its place."""
        for scalar in _reference_nodes(node):
            target = self._library.resolve(scalar.text, document)
            if isinstance(target, Problem) and self._is_left_over(scalar.text):
                self._findings.add(
                    target.code, scalar.span, f"`{scalar.text}` is still the template's, and defined nowhere",
                    help="define it under `components: {schemas: …}`, or remove the line", severity=Severity.WARNING,
                )  # fmt: skip
            elif isinstance(target, Problem):
                self._report(scalar.span, target)
            elif target.document not in (self._document, document):
                # What this spec defines is judged in its own place.
                self._report_foreign(scalar.span, target)

    def _is_left_over(self, reference: str) -> bool:
        """Return whether a reference is a line of the template that nobody wrote: the spec defines no schemas yet."""
        root = self._document.root
        components = root.get("components") if isinstance(root, dict) else None
        return reference == _TEMPLATE_REFERENCE and not components

    def components(self, schemas: MappingNode) -> None:
        """Check the schemas that the spec itself defines."""
        names: dict[str, str] = {}
        for entry in schemas.entries:
            value = plain(entry.value)
            self._check(entry.value, self._resource(value, self._document))
            names[entry.key.text] = self._register(
                Target(self._document, ("components", "schemas", entry.key.text), value)
            )
        circles = in_circles(names.values(), lambda name: _same_as(self._make(name).json))
        for entry in schemas.entries:
            name = names[entry.key.text]
            if name in circles:
                self._findings.add(
                    codes.INVALID_SCHEMA, entry.key.span, f"the schema `{entry.key.text}` only refers back to itself",
                    help="say what it is where the circle closes",
                )  # fmt: skip
                continue
            self._judge(self._make(name), entry.value, entry.key.text)

    def of_document(self, document: SchemaDocument) -> Schema | None:
        """Return the main schema of a related spec, None where it has none."""
        for name, value in document.names.items():
            registered = self._register(Target(document, (name,), value))
            self._make(registered)
            return Schema(self._assembled(registered), name)
        return None

    # Making

    def _schema(self, data: object, node: MappingNode) -> Schema | None:
        reference = _only_reference(data)
        if reference is not None:
            target = self._library.resolve(reference, self._document)
            if isinstance(target, Problem):
                return None
            name = self._register(target)
            made = self._make(name)
            if target.document is not self._document:
                self._judge(made, node, name)
            return Schema(self._assembled(name), target.name)
        made = self._translated(data, self._document)
        self._judge(made, node, None)
        return Schema(self._with_definitions(made), None)

    def _by_name(self, node: ScalarNode, where: str) -> Schema | None:
        """Read `schema: Charge` and `schema: '#/components/schemas/Charge'`."""
        text = node.text.strip()
        reference = text if "#" in text or "/" in text else COMPONENTS + text
        target = self._library.resolve(reference, self._document)
        if isinstance(target, Problem):
            self._report(node.span, target)
            return None
        self._findings.add(
            codes.ALIAS_USED, node.span, f"`{where}` is read as a reference to `{reference}`",
            help=f"write `{{$ref: '{reference}'}}`",
            fix=Fix(f"write $ref: {reference}", (Edit(node.span, f"{{$ref: '{reference}'}}"),)),
        )  # fmt: skip
        name = self._register(target)
        self._make(name)
        return Schema(self._assembled(name), target.name)

    def _register(self, target: Target) -> str:
        """Return the name of a target in `$defs`, the same one whenever it is asked for."""
        location = (id(target.document), target.pointer)
        known = self._names.get(location)
        if known is not None:
            return known
        wanted = _NAME_RE.sub("_", target.name.lstrip("#")) or "Schema"
        name, number = wanted, 2
        while name in self._targets:
            name, number = f"{wanted}_{number}", number + 1
        self._names[location] = name
        self._targets[name] = target
        return name

    def _make(self, name: str) -> _Made:
        if name not in self._made:
            target = self._targets[name]
            self._made[name] = self._translated(target.value, target.document)
        return self._made[name]

    @staticmethod
    def _resource(data: object, document: SchemaDocument) -> SchemaDocument:
        """Return a schema as a document of its own, in which its own `$defs` are found."""
        return SchemaDocument(document.key, data, document.base, inside=document)

    def _translated(self, data: object, document: SchemaDocument) -> _Made:
        made = _Made()
        resource = self._resource(data, document)

        def child(schema: object) -> object:
            if not isinstance(schema, dict):
                return schema if isinstance(schema, bool) else {}
            rewritten = dict(schema)
            for keyword in _REFERENCES:
                reference = rewritten.pop(keyword, None)
                if not isinstance(reference, str):
                    continue
                target = self._library.resolve(reference, resource)
                if isinstance(target, Problem):
                    made.problems.append((document.key, target))
                    continue
                name = self._register(target)
                made.needs[name] = None
                rewritten["$ref"] = DEFINITIONS + name
            return translate(rewritten, child)

        made.json = child(data)
        return made

    def _assembled(self, name: str) -> dict[str, object]:
        return self._with_definitions(self._make(name))

    def _with_definitions(self, made: _Made) -> dict[str, object]:
        names = list(self._closure(made))
        json = dict(made.json) if isinstance(made.json, dict) else _boolean_schema(made.json)
        if names:
            json["$defs"] = {name: self._make(name).json for name in sorted(names)}
        return json

    def _closure(self, made: _Made) -> Iterator[str]:
        """Yield the names of all schemas that one needs, directly or through others."""
        seen: set[str] = set()
        pending = list(made.needs)
        while pending:
            name = pending.pop()
            if name in seen:
                continue
            seen.add(name)
            yield name
            pending.extend(self._make(name).needs)

    # Judging

    def _report_foreign(self, span: SourceSpan, target: Target) -> None:
        """Report the first broken reference that a reference into another file leads to."""
        start = self._register(target)
        if start in self._sound:
            return
        visited = {start, *self._closure(self._make(start))}
        for name in sorted(visited - self._sound):
            for document, problem in self._make(name).problems:
                said = f"{problem.message} (from `{document}`)" if document else problem.message
                self._report(span, Problem(problem.code, said, problem.help))
                return
        self._sound |= visited

    def _judge(self, made: _Made, node: Node, name: str | None) -> None:
        """Report where a schema breaks the rules of JSON Schema, as near to the place as it is known."""
        if isinstance(made.json, bool):
            return
        import jsonschema_rs  # noqa: PLC0415 - specs without schemas don't pay for it

        try:
            jsonschema_rs.meta.validate(
                {"$schema": "https://json-schema.org/draft/2020-12/schema", "allOf": [made.json]}
            )
        except jsonschema_rs.ValidationError as error:
            path = [step for step in error.instance_path[2:] if isinstance(step, str | int)]
            place = _node_at(node, path)
            called = f"the schema `{name}`" if name else "the schema"
            last = f" at `{path[-1]}`" if path else ""
            self._findings.add(
                codes.INVALID_SCHEMA, place.span, f"{called} breaks the rules of JSON Schema{last}: {_said(error)}",
                help="see JSON Schema 2020-12 for what the keyword takes",
            )  # fmt: skip
        except ValueError as error:
            self._findings.add(
                codes.INVALID_SCHEMA,
                node.span,
                f"the schema can't be read: {shorten(str(error))}",
                help="correct the schema",
            )

    def _report(self, span: SourceSpan, problem: Problem) -> None:
        self._findings.add(problem.code, span, problem.message, help=problem.help)


def _same_as(json: object) -> Iterator[str]:
    """Yield the names of the schemas that one is the same as."""
    return (reference.removeprefix(DEFINITIONS) for reference in same_as(json))


def _said(error: object) -> str:
    message = str(getattr(error, "message", error))
    return shorten(message.partition(" under any of the schemas")[0].removesuffix(" is not valid") + (
        " is not valid here" if "under any of" in message else ""), 120)  # fmt: skip


def _boolean_schema(value: object) -> dict[str, object]:
    return {} if value is not False else {"not": {}}


def _only_reference(data: object) -> str | None:
    """Return the reference of a schema that says nothing else (a description beside it says nothing to a validator)."""
    if not isinstance(data, dict) or not isinstance(data.get("$ref"), str):
        return None
    return str(data["$ref"]) if set(data) <= {"$ref", "description", "title"} else None


def _reference_nodes(node: Node) -> Iterator[ScalarNode]:
    """Yield the references of a schema's node; what is data inside it (`example`, `enum`, …) is not looked at."""
    pending: list[tuple[Node, bool]] = [(node, True)]
    while pending:
        current, schema = pending.pop()
        if isinstance(current, SequenceNode):
            pending.extend((item, True) for item in current.items)
        if not isinstance(current, MappingNode):
            continue
        for entry in current.entries:
            key = entry.key.text
            if schema and key in _REFERENCES and isinstance(entry.value, ScalarNode):
                yield entry.value
            elif not schema or key in SCHEMA_LISTS or key in SCHEMAS:
                pending.append((entry.value, True))
            elif key in SCHEMA_MAPS or key in ("$defs", "definitions", "dependencies"):
                pending.append((entry.value, False))
            elif key not in _DATA and not isinstance(entry.value, ScalarNode):
                # A mapping of schemas by name (`components.schemas`) is walked through as one.
                pending.append((entry.value, True))


_DATA = frozenset({"example", "examples", "enum", "const", "default", "required", "discriminator"})


def _node_at(node: Node, path: list[str | int]) -> Node:
    """Return the node at a path, or the nearest one above it that was written."""
    for step in path:
        if isinstance(node, MappingNode) and isinstance(step, str):
            inner = node.get(step)
        elif isinstance(node, SequenceNode) and isinstance(step, int):
            inner = node.items[step] if step < len(node.items) else None
        else:
            inner = None
        if inner is None:
            return node
        node = inner
    return node
