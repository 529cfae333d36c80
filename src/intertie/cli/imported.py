"""What an import tells: one JSON document, or what is lost, guessed and merged in lines on stderr."""

from __future__ import annotations

from pathlib import Path

from intertie.cli.common import plural, print_json, say, say_lines
from intertie.core.errors import snake_case
from intertie.importers import Imported, losses_table
from intertie.importers.merging.merge import told

_MOST_GUESSES = 12


def show_imported(imported: Imported, path: Path, identity: str, *, merged: bool, as_json: bool) -> None:
    """Print what came of an import."""
    if as_json:
        print_json(_document(imported, path, identity, merged=merged))
        return
    if imported.note:
        say(f"info: {imported.note}")
    for line in told(imported.changes):
        say(line)
    if merged and not imported.changes:
        say("the source says nothing new")
    for guess in imported.guesses[:_MOST_GUESSES]:
        say(f"info: {guess.what} ({guess.where}): guessed from {guess.reason}")
    if len(imported.guesses) > _MOST_GUESSES:
        say(f"info: {len(imported.guesses) - _MOST_GUESSES} more guesses; all are marked `# guessed` in the spec")
    if imported.losses:
        say("")
        say(f"{plural(len(imported.losses), 'thing')} of {imported.description.source} could not be kept:")
        say_lines(losses_table(imported.losses))


def _document(imported: Imported, path: Path, identity: str, *, merged: bool) -> dict[str, object]:
    description = imported.description
    return {
        "path": str(path),
        "id": identity,
        "source": description.source,
        "kind": description.kind,
        "merged": merged,
        "note": imported.note,
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
