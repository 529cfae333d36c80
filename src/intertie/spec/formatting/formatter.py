"""Formats the text of a spec, round by round, until nothing is left to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from intertie.diagnostics import Applicability, Diagnostic
from intertie.spec import codes
from intertie.spec.formatting.known import known_mappings, scalars
from intertie.spec.formatting.meaning import meaning
from intertie.spec.formatting.order import reordered
from intertie.spec.formatting.text import FileText, Replacement
from intertie.spec.formatting.untouched import Blocks, Untouched
from intertie.spec.formatting.values import without_quotes
from intertie.spec.loading import Loaded, load_text
from intertie.spec.workspace import Workspace

__all__ = ["Formatted", "Untouched", "format_text"]

ROUNDS = 40
"""Most rounds: each formats the outermost mappings that are not in order yet, and nesting is bounded."""

_SPELLINGS = frozenset({codes.ALIAS_USED.code, codes.LOOSE_BOOLEAN.code})


class Formatted(Struct, frozen=True):
    """A text in canonical form.

    Attributes:
        text: Equal to the text given where nothing was to be done.
        untouched: Blocks that stay as they are.
    """

    text: str
    untouched: tuple[Untouched, ...] = ()


def format_text(text: str, path: Path, workspace: Workspace) -> Formatted:
    """Return a spec's text in canonical form: keys in order, canonical names, no quotes without need.

    What a block says stays as it is, and so do prose, comments, line ends, and every quantity in the unit it is
    written in: `15s` is not turned into `15000`.

    Args:
        text: As it stands in the file.
        path: Where it stands, or would.
        workspace: Where what it refers to is looked up.
    """
    loaded = load_text(text, path, workspace)
    if not loaded.source:
        return Formatted(text)
    said = meaning(loaded.spec)
    current, blocks = text, Blocks(loaded.spec.document, loaded.diagnostics, FileText(text))
    untouched = blocks.untouched
    for _ in range(ROUNDS):
        file = FileText(current)
        changed = file.with_replacements(_replacements(loaded, blocks, file))
        if changed == current:
            break
        current = changed
        loaded = load_text(current, path, workspace)
        blocks = Blocks(loaded.spec.document, loaded.diagnostics, FileText(current))
    if current != text and meaning(loaded.spec) != said:
        # Nobody's meaning is changed by a formatter: what can't be moved safely is not moved.
        return Formatted(text, (*untouched, Untouched(1, "formatting it would change what it says")))
    return Formatted(current, untouched)


def _replacements(loaded: Loaded, blocks: Blocks, text: FileText) -> Iterator[Replacement]:
    """Yield what one round changes: first spellings, then quotes, then the order of keys around them."""
    for diagnostic in loaded.diagnostics:
        yield from _spelling(diagnostic, blocks, text)
    document = loaded.spec.document
    for node in scalars(document):
        if node.quoted and blocks.are_open(node.span):
            found = without_quotes(node, text)
            if found is not None:
                yield found
    for each in known_mappings(document):
        if each.node.entries and blocks.are_open(each.node.span):
            found = reordered(each.node, each.block, text)
            if found is not None:
                yield found


def _spelling(diagnostic: Diagnostic, blocks: Blocks, text: FileText) -> Iterator[Replacement]:
    fix = diagnostic.fix
    if diagnostic.code not in _SPELLINGS or fix is None or fix.applicability is not Applicability.SAFE:
        return
    if blocks.are_open(*(edit.span for edit in fix.edits)):
        yield from (text.replace(edit.span, edit.replacement) for edit in fix.edits)
