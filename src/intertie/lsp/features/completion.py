"""What may be meant at a place, also on a line that is only half typed."""

from __future__ import annotations

from intertie.lsp.features.case_completion import complete_case
from intertie.lsp.features.keys import suggest_keys
from intertie.lsp.features.markdown_completion import complete_markdown
from intertie.lsp.features.suggestion import Suggestion
from intertie.lsp.features.values import suggest_values
from intertie.lsp.outline import ITEM, Role
from intertie.lsp.page import Page


def complete(page: Page, line: int, column: int) -> list[Suggestion]:
    """Return what may be written at a place, the likeliest first; the editor matches it with what is typed."""
    if page.is_case:
        return complete_case(page, line, column)
    if not page.is_spec:
        return []
    spot = page.spot(line, column)
    if spot is None:
        region = page.layout.region(line)
        return complete_markdown(page, line, column) if region is None else []
    if spot.role is Role.COMMENT:
        return []
    if spot.role is Role.VALUE:
        return suggest_values(page, line, column, spot)
    keys = suggest_keys(page, line, spot)
    # `- sl` may be a key of a row or an item of a list: what is declared there decides.
    is_item = spot.role is Role.OPEN and spot.path[-1:] == (ITEM,)
    return [*keys, *suggest_values(page, line, column, spot)] if is_item or not keys else keys
