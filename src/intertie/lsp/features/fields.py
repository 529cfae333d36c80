"""Which internal and external fields a spec's operations have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from intertie.core.errors import snake_case
from intertie.core.json_pointer import resolved
from intertie.diagnostics import SourceSpan
from intertie.lsp.features.mentions import steps_of
from intertie.lsp.page import Page
from intertie.spec.fields import Located
from intertie.spec.model import InboundRow, OutboundRow

_NOWHERE = SourceSpan("", 1, 1, 1, 1)
_DEEPEST = 5
_MOST = 300


def reads_input(page: Page, operation: str, path: tuple[str, ...]) -> bool:
    """Return whether an operation's input goes through an outbound row under this path.

    What no row names goes by the service's own name, so that it is no internal field. Without an operation any counts.
    """
    plan = page.plan
    if plan is not None and operation in plan.operations:
        return any(_leads(row.read.text, path) for row in plan.operations[operation].outbound)
    return any(_is_for(row, operation) and _names(row.internal_field, path) for row in page.spec.outbound)


def writes_result(page: Page, operation: str, path: tuple[str, ...]) -> bool:
    """Return whether an operation's result gets this path from an inbound row; without an operation any counts."""
    plan = page.plan
    if plan is not None and operation in plan.operations:
        return any(_leads(row.write.text, path) for row in plan.operations[operation].inbound)
    return any(_is_for(row, operation) and _names(row.internal_field, path) for row in page.spec.inbound)


def _is_for(row: InboundRow | OutboundRow, operation: str) -> bool:
    return not operation or not row.endpoints or operation in {snake_case(each.value) for each in row.endpoints}


def _names(field: Located[str] | None, path: tuple[str, ...]) -> bool:
    return field is not None and _leads(field.value, path)


def _leads(text: str, path: tuple[str, ...]) -> bool:
    return tuple(step.name for step in steps_of(text, _NOWHERE)[: len(path)]) == path


def internal_names(page: Page) -> list[str]:
    """Return the internal fields that rows name, each once, in the author's order."""
    rows: tuple[InboundRow | OutboundRow, ...] = (*page.spec.inbound, *page.spec.outbound)
    return list(dict.fromkeys(row.internal_field.value for row in rows if row.internal_field is not None))


def external_names(page: Page, *, inbound: bool) -> list[str]:
    """Return the paths of the service's fields: of its answers, or of what is sent to it."""
    found: dict[str, None] = {}
    for endpoint in page.spec.endpoints:
        success = endpoint.response.success if endpoint.response is not None else None
        body = endpoint.request.body if endpoint.request is not None else None
        located = (success.schema if success is not None else None) if inbound else (body.schema if body else None)
        if located is not None:
            found |= dict.fromkeys(_paths(located.value.json, located.value.json, "", 0))
        if not inbound and endpoint.request is not None:
            found |= dict.fromkeys(each.name.value for each in endpoint.request.parameters if each.name is not None)
    return list(found)[:_MOST]


def _paths(schema: object, root: Mapping[str, object], prefix: str, depth: int) -> Iterator[str]:
    if not isinstance(schema, Mapping) or depth > _DEEPEST:
        return
    reference = schema.get("$ref")
    if isinstance(reference, str):
        yield from _paths(resolved(root, reference), root, prefix, depth + 1)
    properties = schema.get("properties")
    for name, inner in properties.items() if isinstance(properties, Mapping) else ():
        path = f"{prefix}.{name}" if prefix else str(name)
        yield path
        yield from _paths(inner, root, path, depth + 1)
    items = schema.get("items")
    if isinstance(items, Mapping):
        yield from _paths(items, root, f"{prefix}[]" if prefix else "", depth + 1)
    for keyword in ("allOf", "anyOf", "oneOf"):
        branches = schema.get(keyword)
        for branch in branches if isinstance(branches, list) else ():
            yield from _paths(branch, root, prefix, depth + 1)
