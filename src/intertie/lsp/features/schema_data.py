"""The schema that a reference leads to, as plain data."""

from __future__ import annotations

from intertie.lsp.features.around import page_at, spec_path
from intertie.lsp.features.definitions import component_node, elsewhere_node
from intertie.lsp.features.mentions import Mention, Thing
from intertie.lsp.page import Page
from intertie.spec.tree import plain


def schema_named(page: Page, mention: Mention) -> object | None:
    """Return what a reference or a component's name stands for, its own references left as they are written."""
    if mention.thing is Thing.ELSEWHERE:
        node = elsewhere_node(page, mention.name)
        return plain(node) if node is not None else None
    node = component_node(page, mention.name)
    if node is not None:
        return plain(node)
    for related in (each for each in page.mentions if each.thing is Thing.SPEC and not each.defines):
        path = spec_path(page, related.name)
        other = page_at(page, path) if path is not None else None
        node = component_node(other, mention.name) if other is not None else None
        if node is not None:
            return plain(node)
    return None
