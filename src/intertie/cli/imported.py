"""The report of an import: one JSON document, or lines on stderr about what was lost, guessed and merged."""

from __future__ import annotations

from pathlib import Path

from intertie.cli.common import print_json, say, say_table
from intertie.core.errors import snake_case
from intertie.core.plurals import plural
from intertie.core.seen_paths import seen_path
from intertie.importers import HEADS, Imported, brief_words, losses_rows, weighty
from intertie.importers.merging.merge import told

_MOST_GUESSES = 12


def show_imported(imported: Imported, path: str, identity: str, *, merged: bool, as_json: bool) -> None:
    """Print the report of an import."""
    if as_json:
        print_json(_document(imported, path, identity, merged=merged))
        return
    if imported.note:
        say(f"info: {imported.note}")
    for line in told(imported.changes):
        say(line)
    if merged and not imported.changes:
        say("the source has not changed")
    for guess in imported.guesses[:_MOST_GUESSES]:
        say(f"info: {guess.what} ({guess.where}): guessed from {guess.reason}")
    if len(imported.guesses) > _MOST_GUESSES:
        say(f"info: {len(imported.guesses) - _MOST_GUESSES} more guesses; the spec marks all of them with `# guessed`")
    losses = weighty(imported.losses)
    if losses:
        say("")
        say(f"{plural(len(losses), 'part')} of {imported.description.source} could not be imported:")
        say_table(HEADS, losses_rows(losses))
    brief = brief_words(imported.losses)
    if brief:
        say(f"{'also' if losses else 'info'}: {brief} (--format json lists them)")


def _document(imported: Imported, path: str, identity: str, *, merged: bool) -> dict[str, object]:
    description = imported.description
    return {
        "path": path,
        "id": identity,
        "source": description.source,
        "kind": description.kind,
        "merged": merged,
        "note": imported.note,
        "schemas": None if imported.schemas_file is None else seen_path(imported.schemas_file.path, Path.cwd()),
        "operations": [
            {"operation": snake_case(each.heading), "name": each.heading, "method": each.method, "path": each.path}
            for each in description.operations
        ],
        "changes": [{"kind": each.kind, "unit": each.unit, "piece": each.piece} for each in imported.changes],
        "guesses": [{"what": each.what, "where": each.where, "reason": each.reason} for each in imported.guesses],
        "losses": [
            {"kind": each.kind, "what": each.what, "where": each.where, "why": each.why} for each in imported.losses
        ],
    }
